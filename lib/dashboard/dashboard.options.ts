import type { CanActivate, ModuleMetadata, Type } from '@nestjs/common';
import { InvalidModuleOptionError } from '../errors/invalid-module-option.error.js';
import { formatValue } from '../common/format-value.js';
import { checkFlag, checkFunction, checkKnown } from '../common/module-option-checks.js';
import type { Rights } from './api/cluster.api.js';

/** What Express and Fastify requests have in common, with the user that the application's guards put there. */
export interface DashboardRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly user?: unknown;
}

/** What somebody may do: nothing, look, everything, or look and what is named. */
export type DashboardAccess = 'none' | 'read' | 'all' | Partial<Rights>;

/** The job whose data is about to be shown. */
export interface DashboardJob {
  readonly uuid: string;
  /** `Provider.method`, or the `name` of its `@Job()`. */
  readonly name: string;
  readonly channel: string;
  readonly userId: string | null;
}

/** The options of `QueueJobDashboardModule.forRoot()` that may come from a factory. All of them can be left out. */
export interface QueueJobDashboardOptions {
  /** What the asker may do, once the guards have let them in. Default: everything. */
  access?(request: DashboardRequest): DashboardAccess | Promise<DashboardAccess>;
  /** Who asks, for the audit trail. Default: `'unknown'`. */
  actor?(request: DashboardRequest): string | Promise<string>;
  /**
   * What of a job is never shown, downloaded or searched: paths such as `args[0].card`, `args[*].password`, `result`,
   * `**.token`; they begin with `args`, `result`, `context`, `log`, `error`, `description` or `identityKey`.
   * Default: nothing.
   */
  redact?(job: DashboardJob): readonly string[];
  /** The cookie in which the application's CSRF protection hands out its token, and the header in which it wants it. */
  readonly csrf?: { readonly cookie: string; readonly header: string };
  /** Stands above the page. Default: `'Queue jobs'`. */
  readonly title?: string;
}

/** The options that can't come from a factory: routes are made by them. */
export interface QueueJobDashboardExtras {
  /** Where the dashboard is, below the application's global prefix. Default: `'queue-jobs'`. */
  readonly path?: string;
  /** Who gets in: guards of the application, all of which have to say yes. Without any, the dashboard is closed. */
  readonly guards?: readonly (Type<CanActivate> | CanActivate)[];
  /** Opens the dashboard without `guards`, such as where a global guard or a proxy decides. Default: false. */
  readonly allowAnonymous?: boolean;
  /** The modules that export what the guards inject. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

const KNOWN = ['access', 'actor', 'redact', 'csrf', 'title', 'path', 'guards', 'allowAnonymous', 'imports'];
const WHERE = 'QueueJobDashboardModule.forRoot()';

/** The options after their checks, with every default filled in. */
export type CheckedDashboardOptions = ReturnType<typeof checkDashboardOptions>;

/** @throws InvalidModuleOptionError that names the option and what is allowed */
export function checkDashboardOptions(options: QueueJobDashboardOptions) {
  checkKnown(WHERE, options, KNOWN);
  for (const name of ['access', 'actor', 'redact'] as const) checkFunction(name, options[name]);
  const { csrf, title = 'Queue jobs' } = options;
  if (csrf !== undefined) {
    checkKnown('csrf', csrf, ['cookie', 'header']);
    for (const name of ['cookie', 'header'] as const) {
      // The token of HTTP (RFC 9110), which both are made of.
      if (typeof csrf[name] !== 'string' || !/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(csrf[name]))
        throw new InvalidModuleOptionError(`csrf.${name} must be a name, not ${formatValue(csrf[name])}.`);
    }
  }
  if (typeof title !== 'string' || title.trim() === '' || title.length > 100) {
    throw new InvalidModuleOptionError(
      `title must be a string of 1 to 100 characters, not ${formatValue(title)}.`,
    );
  }
  return {
    access: async (request: DashboardRequest): Promise<DashboardAccess> =>
      options.access === undefined ? 'all' : options.access(request),
    actor: async (request: DashboardRequest): Promise<unknown> => options.actor?.(request),
    redact: (job: DashboardJob): unknown => (options.redact === undefined ? [] : options.redact(job)),
    redacts: options.redact !== undefined,
    csrf: csrf ?? null,
    title,
  };
}

/** Where the dashboard is and whether anybody gets in. */
export interface Mount {
  /** Without slashes at its ends. */
  readonly path: string;
  readonly guards: readonly (Type<CanActivate> | CanActivate)[];
  readonly isOpen: boolean;
}

/** @throws InvalidModuleOptionError that names the option and what is allowed */
export function checkMount({
  path = 'queue-jobs',
  guards = [],
  allowAnonymous,
}: QueueJobDashboardExtras): Mount {
  const bare = typeof path === 'string' ? path.replaceAll(/^\/+|\/+$/g, '') : '';
  if (!/^[\w.~-]+(\/[\w.~-]+)*$/.test(bare)) {
    throw new InvalidModuleOptionError(
      `path must be a path of letters, digits, '-', '_', '.' and '~', such as 'admin/jobs', not ${formatValue(path)}.`,
    );
  }
  if (!Array.isArray(guards) || !guards.every(isGuard)) {
    throw new InvalidModuleOptionError(
      `guards must be a list of guards, classes or instances with canActivate(), not ${formatValue(guards)}.`,
    );
  }
  checkFlag('allowAnonymous', allowAnonymous);
  return { path: bare, guards, isOpen: guards.length > 0 || allowAnonymous === true };
}

function isGuard(value: unknown): boolean {
  const guard = (typeof value === 'function' ? value.prototype : value) as { canActivate?: unknown } | null;
  return typeof guard?.canActivate === 'function';
}

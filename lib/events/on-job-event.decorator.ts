import 'reflect-metadata';
import { normalizeChannelName } from '../channel/channel-name.js';
import { formatValue } from '../common/format-value.js';
import { toError } from '../common/to-error.js';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { JOB_EVENT_TYPES, type JobEventFilter, type JobEventType } from '../job/job-event.js';
import { checkTags } from '../job/tags.js';
import { checkDecorated } from '../registry/check-decorated.js';

/** What `@OnJobEvent()` takes beside the types. */
export interface OnJobEventOptions extends JobEventFilter {
  /** Whether events of this process alone are heard or those of all processes that run jobs. Default: `'process'`. */
  readonly scope?: 'process' | 'cluster';
}

/** A listener, as its class declares it. */
export interface DeclaredListener {
  readonly methodName: string;
  readonly types: readonly JobEventType[];
  readonly options: OnJobEventOptions;
}

const METADATA = 'nestjs-queue-job:on-job-event';
const OPTIONS = ['name', 'channel', 'tags', 'scope'];

/**
 * Calls a method of a provider with each event of these types, after it is committed: see docs/failures.md. What the method
 * throws is logged, and harms no job.
 *
 * @param types - one or several of `'enqueued'`, `'started'`, `'retried'`, `'done'`, `'failed'`, `'cancelled'`
 * @throws InvalidJobOptionError when the class is loaded
 * @example
 * ```ts
 * @OnJobEvent('failed', { channel: 'root.mail' })
 * onFailure({ job, error }: JobEvent): void { … }
 * ```
 */
export function OnJobEvent(
  types: JobEventType | readonly JobEventType[],
  options: OnJobEventOptions = {},
): MethodDecorator {
  return (target, key, descriptor) => {
    const { name, where } = checkDecorated('@OnJobEvent()', target, key, descriptor);
    const declared: DeclaredListener = {
      methodName: name,
      types: checkTypes(types, where),
      options: checkOptions(options, where),
    };
    const before = (Reflect.getOwnMetadata(METADATA, target) as DeclaredListener[] | undefined) ?? [];
    Reflect.defineMetadata(METADATA, [...before, declared], target);
  };
}

/** The listeners that a class declares or inherits. */
export function declaredListeners(type: { readonly prototype: object }): DeclaredListener[] {
  const found: DeclaredListener[] = [];
  for (
    let prototype: object | null = type.prototype;
    prototype !== null && prototype !== Object.prototype;
    prototype = Reflect.getPrototypeOf(prototype)
  ) {
    const own = (Reflect.getOwnMetadata(METADATA, prototype) as DeclaredListener[] | undefined) ?? [];
    // What a subclass overrides and decorates itself stands in the place of it.
    found.push(...own.filter(({ methodName }) => !found.some((one) => one.methodName === methodName)));
  }
  return found;
}

function checkTypes(given: unknown, where: string): readonly JobEventType[] {
  const types: unknown[] = Array.isArray(given) ? given : [given];
  const wrong = types.find((type) => !JOB_EVENT_TYPES.includes(type as JobEventType));
  if (types.length > 0 && wrong === undefined && !types.includes(undefined)) return types as JobEventType[];
  throw refused(
    where,
    `the types must be one or several of ${JOB_EVENT_TYPES.join(', ')}, not ${formatValue(given)}.`,
  );
}

function checkOptions(given: unknown, where: string): OnJobEventOptions {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw refused(where, `its options must be an object, not ${formatValue(given)}.`);
  const unknown = Object.keys(given).find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined)
    throw refused(
      where,
      `the option ${formatValue(unknown)} is unknown; the options are: ${OPTIONS.join(', ')}.`,
    );
  const { name, channel, tags, scope } = given as Readonly<Record<string, unknown>>;
  const names: unknown[] = Array.isArray(name) ? name : [name];
  if (
    name !== undefined &&
    !(names.length > 0 && names.every((one) => typeof one === 'string' && one !== ''))
  )
    throw refused(where, `name must be the name of a job or a list of names, not ${formatValue(name)}.`);
  if (scope !== undefined && scope !== 'process' && scope !== 'cluster')
    throw refused(where, `scope must be 'process' or 'cluster', not ${formatValue(scope)}.`);
  try {
    return {
      ...(name === undefined ? {} : { name: name as string | string[] }),
      ...(channel === undefined ? {} : { channel: normalizeChannelName(channel as string) }),
      ...(tags === undefined ? {} : { tags: checkTags('tags', tags) }),
      ...(scope === undefined ? {} : { scope }),
    };
  } catch (error) {
    throw refused(where, toError(error).message);
  }
}

const refused = (where: string, problem: string): InvalidJobOptionError =>
  new InvalidJobOptionError(`@OnJobEvent on ${where}: ${problem}`);

import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { CheckedDashboardOptions, DashboardRequest, Mount } from '../../dashboard.options.js';
import { DASHBOARD_OPTIONS, MOUNT } from '../dashboard.tokens.js';
import { ProblemError } from '../http/problem.error.js';
import { Requester, rememberRequester } from './requester.js';
import { rightsOf } from './rights.js';

const READING = ['GET', 'HEAD', 'OPTIONS'];

/** The last of the guards: keeps a dashboard closed that nobody has opened, and learns who asks. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(DASHBOARD_OPTIONS) private readonly options: CheckedDashboardOptions,
    @Inject(MOUNT) private readonly mount: Mount,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.mount.isOpen) {
      throw new ProblemError(
        403,
        'This dashboard is closed. The log of the application says how to open it.',
        {
          code: 'DASHBOARD_CLOSED',
        },
      );
    }
    const request = context.switchToHttp().getRequest<DashboardRequest>();
    if (!READING.includes(request.method)) checkOrigin(request);
    const rights = rightsOf(await this.options.access(request));
    if (rights === null) throw new ProblemError(403, 'You may not look at this.', { code: 'FORBIDDEN' });
    rememberRequester(request, new Requester(actorText(await this.options.actor(request)), rights));
    return true;
  }
}

/** A form on another site can send neither of the two without being asked for leave first. */
function checkOrigin({ headers }: DashboardRequest): void {
  const type = headers['content-type'];
  const isJson = typeof type === 'string' && /^application\/json\s*(;|$)/i.test(type);
  if (isJson && headers['x-queue-jobs'] === '1') return;
  throw new ProblemError(
    403,
    "A request that changes something needs the headers 'content-type: application/json' and 'x-queue-jobs: 1'.",
    { code: 'CROSS_SITE' },
  );
}

function actorText(actor: unknown): string {
  return typeof actor === 'string' && actor.trim() !== ''
    ? actor.replaceAll('\0', '').slice(0, 255)
    : 'unknown';
}

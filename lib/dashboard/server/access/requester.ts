import type { Right, Rights } from '../../api/cluster.api.js';
import { ProblemError } from '../http/problem.error.js';

/** Where the guard leaves the requester on the request. */
const REQUESTER = Symbol('nestjs-queue-job:requester');

/** Who asks, and what they may do. */
export class Requester {
  constructor(
    /** As the option `actor` tells. */
    readonly actor: string,
    readonly rights: Rights,
  ) {}

  /** @throws ProblemError of status 403 */
  must(right: Right): void {
    if (this.rights[right]) return;
    throw new ProblemError(403, `You may not do this: it needs the right '${right}'.`, { code: 'FORBIDDEN' });
  }
}

export function rememberRequester(request: object, requester: Requester): void {
  (request as { [REQUESTER]?: Requester })[REQUESTER] = requester;
}

/** @throws ProblemError of status 403 for a request that no guard has let in */
export function requesterOf(request: object): Requester {
  const requester = (request as { [REQUESTER]?: Requester })[REQUESTER];
  if (requester === undefined)
    throw new ProblemError(403, 'No guard has let this request in.', { code: 'FORBIDDEN' });
  return requester;
}

import type { Right, Rights } from '../../api/cluster.api.js';
import { ProblemError } from '../http/problem.error.js';

/** Where the guard leaves the asker on the request. */
const ASKER = Symbol('nestjs-queue-job:asker');

/** Who asks, and what they may do. */
export class Asker {
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

export function rememberAsker(request: object, asker: Asker): void {
  (request as { [ASKER]?: Asker })[ASKER] = asker;
}

/** @throws ProblemError of status 403 for a request that no guard has let in */
export function askerOf(request: object): Asker {
  const asker = (request as { [ASKER]?: Asker })[ASKER];
  if (asker === undefined)
    throw new ProblemError(403, 'No guard has let this request in.', { code: 'FORBIDDEN' });
  return asker;
}

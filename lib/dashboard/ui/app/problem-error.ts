import type { Problem } from '../../api/cluster.api.js';

/** What the server answered instead of data; or, with status 0, that it didn't answer. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }

  get status(): number {
    return this.problem.status;
  }

  /** From an answer that isn't 2xx: a proxy in between may well answer HTML. */
  static async of(response: Response): Promise<ProblemError> {
    const type = response.headers.get('content-type') ?? '';
    const body: unknown = type.includes('json') ? await response.json().catch(() => null) : null;
    const said = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {};
    const title = said.title ?? (response.statusText || `HTTP ${response.status}`);
    return new ProblemError({
      ...said,
      type: said.type ?? 'about:blank',
      title,
      status: response.status,
      detail: said.detail ?? title,
    });
  }

  static unreachable(cause: unknown): ProblemError {
    const detail = cause instanceof Error ? cause.message : String(cause);
    const error = new ProblemError({ type: 'about:blank', title: 'unreachable', status: 0, detail });
    error.cause = cause;
    return error;
  }
}

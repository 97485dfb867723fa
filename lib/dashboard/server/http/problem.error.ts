import { HttpException } from '@nestjs/common';
import type { Problem } from '../../api/cluster.api.js';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not logged in',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  422: 'Too much',
  500: 'Something went wrong',
  503: 'Not available',
};

/** The parts of a problem beside its status and detail. */
export type ProblemParts = Pick<Problem, 'code' | 'errors' | 'count'>;

export const problemOf = (status: number, detail: string, parts: ProblemParts = {}): Problem => ({
  type: 'about:blank',
  title: TITLES[status] ?? `Status ${status}`,
  status,
  detail,
  ...parts,
});

/** An answer of the API that isn't what was asked for. */
export class ProblemError extends HttpException {
  readonly problem: Problem;

  constructor(status: number, detail: string, parts: ProblemParts = {}) {
    const problem = problemOf(status, detail, parts);
    super(problem, status);
    this.problem = problem;
  }
}

import { ProblemError } from '../http/problem.error.js';
import { type BaseIssue, type GenericSchema, getDotPath, type InferOutput, safeParse } from './valibot.js';

const MAX_ERRORS = 20;

/**
 * The input as its schema makes it.
 *
 * @throws ProblemError of status 400 that lists what is wrong, and what is allowed
 * @example
 * ```ts
 * const { limit } = parseInput(jobPageQuery, query);
 * ```
 */
export function parseInput<S extends GenericSchema>(schema: S, input: unknown): InferOutput<S> {
  const result = safeParse(schema, input);
  if (result.success) return result.output;
  const errors = result.issues.slice(0, MAX_ERRORS).map((issue: BaseIssue<unknown>) => ({
    path: getDotPath(issue) ?? '',
    message: issue.message,
  }));
  const all = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' ');
  throw new ProblemError(400, all.slice(0, 1_000), { code: 'INVALID_INPUT', errors });
}

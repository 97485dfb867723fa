import type { NewJob } from './new-job.js';

/**
 * The text of the jobs of one INSERT at most, in characters, unless it is a single job. Escaped, it may be twice as long,
 * and Node has no strings above 512 MiB, nor PostgreSQL messages above 1 GiB.
 */
export const MAX_STATEMENT_CHARACTERS = 32 * 1_024 * 1_024;

/** The characters that a job adds to an INSERT, but for a few. */
export const sizeOf = ({ args, context, description }: NewJob): number =>
  args.length + description.length + (context?.length ?? 0);

/** The same jobs in their order, in parts that one INSERT can store. */
export function inStatements(jobs: readonly NewJob[]): (readonly NewJob[])[] {
  const parts: NewJob[][] = [];
  let size = Infinity;
  for (const job of jobs) {
    const added = sizeOf(job);
    if (size + added > MAX_STATEMENT_CHARACTERS) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(job);
    size += added;
  }
  return parts;
}

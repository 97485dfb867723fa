import type { JobFilter } from '../../../store/jobs/job-filter.js';

const STEP = /^(?:\[(\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]|\.([^.[\]="]+))/;
const MOST_STEPS = 50;

/**
 * A value at a path of the arguments: `[0].customer.id=42`. The value is JSON, or else taken as a text.
 *
 * @throws TypeError that says what is allowed
 */
export function parseArgument(text: string): NonNullable<JobFilter['argument']> {
  const path: (string | number)[] = [];
  let rest = text.startsWith('args') ? text.slice('args'.length) : text;
  for (;;) {
    const found = STEP.exec(rest);
    if (found === null) break;
    const [all, index, quoted, name] = found;
    path.push(index !== undefined ? Number(index) : quoted !== undefined ? unquoted(quoted) : (name ?? ''));
    rest = rest.slice(all.length);
  }
  const isArgument = typeof path[0] === 'number' && path.length <= MOST_STEPS && rest.startsWith('=');
  if (isArgument) return { path, value: valueOf(rest.slice(1)) };
  throw new TypeError('must be a path and a value, such as [0].customer.id=42 or [1]["a key"]="some text"');
}

function unquoted(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

import type { JobFilter } from '../../../store/jobs/job-filter.js';

type Argument = NonNullable<JobFilter['argument']>;

const STEP = /^(?:\[(\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]|\.([^.[\]="]+))/;
const NAME = /^[^.[\]="\s][^.[\]="]*/;
const MOST_STEPS = 50;

/**
 * A value at a path of the arguments: `[0].customer.id=42`, or `customer.id=42` for any argument. The value is JSON, or
 * else taken as a text.
 *
 * @throws TypeError that says what is allowed
 */
export function parseArgument(
  text: string,
): { readonly argument: Argument } | { readonly anyArgument: Argument } {
  const path: (string | number)[] = [];
  let rest = /^args[[.]/.test(text) ? text.slice('args'.length) : text;
  // Without its number, the path begins with a name, as if a point stood before it.
  const isAny = NAME.test(rest);
  if (isAny) rest = `.${rest}`;
  for (;;) {
    const found = STEP.exec(rest);
    if (found === null) break;
    const [all, index, quoted, name] = found;
    path.push(index !== undefined ? Number(index) : quoted !== undefined ? unquoted(quoted) : (name ?? ''));
    rest = rest.slice(all.length);
  }
  const begins = isAny || typeof path[0] === 'number';
  if (!begins || path.length > MOST_STEPS || !rest.startsWith('=')) {
    throw new TypeError(
      'must be a path and a value, such as [0].customer.id=42, customer.id=42 or [1]["a key"]="some text"',
    );
  }
  const argument = { path, value: valueOf(rest.slice(1)) };
  return isAny ? { anyArgument: argument } : { argument };
}

/**
 * The first digits of a uuid, hyphens left out.
 *
 * @throws TypeError that says what is allowed
 */
export function parseUuidBeginning(text: string): string {
  const digits = text.toLowerCase().replaceAll('-', '');
  if (/^[0-9a-f]{4,32}$/.test(digits)) return digits;
  throw new TypeError('must be the first 4 to 32 hexadecimal digits of a uuid');
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

/** What of a job can be redacted, whole or in parts. */
export const REDACTABLE = [
  'args',
  'result',
  'context',
  'log',
  'error',
  'description',
  'identityKey',
] as const;
export type Redactable = (typeof REDACTABLE)[number];

/** One step of a path: a name or an index as text, any one (`*`), or any number of any (`**`). */
type Step = string | typeof ANY | typeof ANY_DEPTH;

const ANY = Symbol('*');
const ANY_DEPTH = Symbol('**');
const ROOT = /^(?:(\*\*)|(\w+))/;
const STEP = /^(?:\.(\*\*)|(?:\.(\*)|\[(\*)\])|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\.([^.[\]*"]+))/;

/** Paths of what is hidden, as far as they go on from some place. */
export type Patterns = readonly (readonly Step[])[];

/**
 * A path such as `args[0].card`, `args[*].items[*].price`, `result` or `**.token`.
 *
 * @throws TypeError where it is none
 */
export function parsePattern(path: unknown): readonly Step[] {
  const [beginning = '', anyDepth, name] = (typeof path === 'string' ? ROOT.exec(path) : null) ?? [];
  const steps: Step[] = anyDepth === undefined ? [name ?? ''] : [ANY_DEPTH];
  let rest = typeof path === 'string' ? path.slice(beginning.length) : 'no path';
  for (let found = STEP.exec(rest); found !== null; found = STEP.exec(rest)) {
    steps.push(stepOf(found));
    rest = rest.slice(found[0].length);
  }
  const root = steps[0];
  const begins = root === ANY_DEPTH ? steps.length > 1 : REDACTABLE.some((one) => one === root);
  if (rest === '' && begins && steps.at(-1) !== ANY_DEPTH) return steps;
  throw new TypeError(
    `The option redact of QueueJobDashboardModule must answer paths that begin with ${REDACTABLE.join(', ')} or **, such as args[0].card or **.token.`,
  );
}

function stepOf([, anyDepth, any, anyIndex, index, quoted, name]: RegExpExecArray): Step {
  if (anyDepth !== undefined) return ANY_DEPTH;
  if (any !== undefined || anyIndex !== undefined) return ANY;
  return quoted === undefined ? (index ?? name ?? '') : (JSON.parse(`"${quoted}"`) as string);
}

/** The patterns one step further. */
export function advance(patterns: Patterns, step: string): Patterns {
  return patterns.flatMap((pattern) => {
    const [first, ...rest] = pattern;
    if (first === ANY_DEPTH) return [pattern, ...advance([rest], step)];
    return first === ANY || first === step ? [rest] : [];
  });
}

/** Whether one of the patterns ends here. */
export const isHidden = (patterns: Patterns): boolean => patterns.some(({ length }) => length === 0);

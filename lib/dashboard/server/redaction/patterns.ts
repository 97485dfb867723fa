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
const STEP = /^(?:\.?(\*\*)|\.?(\*)|\[(\*)\]|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\.?([^.[\]*"]+))/;

/** Paths of what is hidden, as far as they go on from some place. */
export type Patterns = readonly (readonly Step[])[];

/**
 * A path such as `args[0].card`, `args[*].items[*].price`, `result` or `**.token`.
 *
 * @throws TypeError where it is none
 */
export function parsePattern(path: unknown): readonly Step[] {
  const steps: Step[] = [];
  let rest = path;
  while (typeof rest === 'string' && rest !== '') {
    const found = STEP.exec(rest);
    if (found === null) break;
    const [all, depth, any, anyIndex, index, quoted, name] = found;
    if (depth !== undefined) steps.push(ANY_DEPTH);
    else if (any !== undefined || anyIndex !== undefined) steps.push(ANY);
    else if (quoted !== undefined) steps.push(JSON.parse(`"${quoted}"`) as string);
    else steps.push(index ?? name ?? '');
    rest = rest.slice(all.length);
  }
  const root = steps[0];
  const begins = root === ANY_DEPTH ? steps.length > 1 : REDACTABLE.some((one) => one === root);
  if (rest === '' && begins && steps.at(-1) !== ANY_DEPTH) return steps;
  throw new TypeError(
    `The option redact of QueueJobDashboardModule must answer paths that begin with ${REDACTABLE.join(', ')} or **, such as args[0].card or **.token.`,
  );
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

/**
 * One step from a value to a value inside it: a property, an index, or a call such as `.get("k")`, which is put into
 * words only when it is needed.
 */
export type Step = string | number | symbol | (() => string);

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const LONGEST_NAME = 100;

/**
 * Writes a path as one would write it in code.
 *
 * @example
 * ```ts
 * pathOf('args', [0, 'items', 3, 'a b']) // args[0].items[3]["a b"]
 * ```
 */
export function pathOf(root: string, steps: readonly Step[]): string {
  return root + steps.map(stepText).join('');
}

/** The step to the value of a `Map` entry: by its key where that is short to write, else by its place. */
export function mapValueStep(key: unknown, index: number): Step {
  return () => {
    if (typeof key === 'string') return `.get(${quoted(key)})`;
    if (typeof key === 'number' || typeof key === 'boolean' || key === null) return `.get(${String(key)})`;
    return `.values()[${index}]`;
  };
}

/** The step to a key of a `Map`. */
export function mapKeyStep(index: number): Step {
  return () => `.keys()[${index}]`;
}

/** The step to a member of a `Set`. */
export function setStep(index: number): Step {
  return () => `.values()[${index}]`;
}

function stepText(step: Step): string {
  if (typeof step === 'number') return `[${step}]`;
  if (typeof step === 'symbol') return `[${String(step)}]`;
  if (typeof step === 'function') return step();
  return IDENTIFIER.test(step) && step.length <= LONGEST_NAME ? `.${step}` : `[${quoted(step)}]`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text);
}

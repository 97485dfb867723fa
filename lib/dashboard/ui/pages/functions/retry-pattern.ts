import type { FunctionView } from '../../../api/functions.api.js';

export type Pattern = NonNullable<FunctionView['retryPattern']>;
export type Wait = number | readonly [number, number];

/** Seconds, where no pattern says otherwise and before the first key of one. */
const DEFAULT_WAIT = 600;

/** The same wait at the attempts from `from` to `to`; null: to the last. */
export interface Step {
  readonly from: number;
  readonly to: number | null;
  readonly wait: Wait;
}

/** From the first attempt on. */
export function stepsOf(pattern: FunctionView['retryPattern']): readonly Step[] {
  const entries = Object.entries(pattern ?? {})
    .map(([key, wait]) => ({ from: Number(key), wait }))
    .sort((one, other) => one.from - other.from);
  const begin = entries.some(({ from }) => from <= 1) ? [] : [{ from: 1, wait: DEFAULT_WAIT }];
  return (
    [...begin, ...entries]
      .map(({ from, wait }, at, all) => {
        const next = all[at + 1];
        return { from: Math.max(1, from), to: next === undefined ? null : next.from - 1, wait };
      })
      // A key of 0 counts only until that of 1.
      .filter(({ from, to }) => to === null || to >= from)
  );
}

/** After that many attempts. */
export function waitAfter(pattern: FunctionView['retryPattern'], attempts: number): Wait {
  return stepsOf(pattern).findLast(({ from }) => from <= attempts)?.wait ?? DEFAULT_WAIT;
}

/** A step as it is typed. */
export interface StepInput {
  readonly id: number;
  readonly from: string;
  readonly min: string;
  /** Empty: the wait is `min`, always. */
  readonly max: string;
}

export type StepError = 'errorTry' | 'errorTwice' | 'errorSeconds' | 'errorOrder';

export function inputsOf(pattern: FunctionView['retryPattern']): readonly StepInput[] {
  return Object.entries(pattern ?? { 1: DEFAULT_WAIT }).map(([from, wait], id) => ({
    id,
    from,
    min: String(typeof wait === 'number' ? wait : wait[0]),
    max: typeof wait === 'number' ? '' : String(wait[1]),
  }));
}

/** What is wrong with each, by its id; and the pattern, of those that are right. */
export function readInputs(inputs: readonly StepInput[]): {
  readonly pattern: Pattern;
  readonly errors: ReadonlyMap<number, StepError>;
} {
  const errors = new Map<number, StepError>();
  const pattern: Record<string, Wait> = {};
  for (const { id, from, min, max } of inputs) {
    const key = wholeOf(from);
    const least = wholeOf(min);
    const most = max.trim() === '' ? least : wholeOf(max);
    if (key === null) {
      errors.set(id, 'errorTry');
    } else if (String(key) in pattern) {
      errors.set(id, 'errorTwice');
    } else if (least === null || most === null) {
      errors.set(id, 'errorSeconds');
    } else if (most < least) {
      errors.set(id, 'errorOrder');
    } else {
      pattern[String(key)] = most === least ? least : [least, most];
    }
  }
  return { pattern, errors };
}

/** Whole numbers are in order in every object, so that equal patterns are equal texts. */
export function samePattern(one: FunctionView['retryPattern'], other: FunctionView['retryPattern']): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function wholeOf(text: string): number | null {
  return /^\d{1,10}$/.test(text.trim()) ? Number(text) : null;
}

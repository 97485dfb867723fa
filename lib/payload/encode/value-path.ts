import { UnserializableArgumentError } from '../../errors/unserializable-argument.error.js';
import { pathOf, type Step } from '../path-steps.js';
import { reasons } from '../refusal-reasons.js';
import { MAX_DEPTH } from '../tag.js';

/** A place on a {@link ValuePath} to come back to. */
export interface ValuePathMark {
  readonly steps: number;
  readonly ancestors: number;
}

/**
 * Where a walk stands: the steps from the root, which become text only when something is wrong there, and the objects
 * that lie around it.
 */
export class ValuePath {
  readonly #root: string;
  readonly #steps: Step[] = [];
  readonly #ancestors: object[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  /** The path of where the walk stands, such as `args[0].items[3]`. */
  get text(): string {
    return pathOf(this.#root, this.#steps);
  }

  step(step: Step): void {
    this.#steps.push(step);
  }

  back(): void {
    this.#steps.pop();
  }

  /** Goes into an object. Refuses a cycle and a nesting that is too deep, so a walk always ends. */
  enter(value: object): void {
    if (this.#ancestors.includes(value)) throw this.refusal(reasons.cycle);
    if (this.#ancestors.length >= MAX_DEPTH) throw this.refusal(reasons.depth(MAX_DEPTH));
    this.#ancestors.push(value);
  }

  leave(): void {
    this.#ancestors.pop();
  }

  mark(): ValuePathMark {
    return { steps: this.#steps.length, ancestors: this.#ancestors.length };
  }

  returnTo(mark: ValuePathMark): void {
    this.#steps.length = mark.steps;
    this.#ancestors.length = mark.ancestors;
  }

  /** The error that refuses what stands here. */
  refusal(reason: string, cause?: unknown): UnserializableArgumentError {
    return new UnserializableArgumentError(this.text, reason, cause === undefined ? undefined : { cause });
  }
}

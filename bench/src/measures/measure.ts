import type { Stage } from '../run/stage.ts';
import type { Ability } from '../systems/system.ts';

/** A line of the table. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** Systems without it have no such figure. */
  readonly needs: Ability;
}

export interface Measure {
  readonly name: string;
  readonly figures: readonly Figure[];
  /** Measured in the first round alone: it takes long, or doesn't vary. */
  readonly once?: true;
  /** All systems at once: it only counts what each does, and needs no quiet machine. */
  readonly together?: true;
  /** Left out unless everything is asked for, or it by its name; or unless it is by its name alone. */
  readonly optional?: 'all' | 'named';
  /** Answers by the ids of the figures. */
  run(stage: Stage): Promise<Record<string, number>>;
}

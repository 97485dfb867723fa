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
  /** Left out unless it is asked for. */
  readonly optional?: true;
  /** Answers by the ids of the figures. */
  run(stage: Stage): Promise<Record<string, number>>;
}

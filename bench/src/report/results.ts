import type { Figure, Measure } from '../measures/measure.ts';
import type { SystemEntry } from '../systems/catalogue.ts';
import { type Spread, spreadOf } from './statistics.ts';

export interface Failure {
  readonly system: string;
  readonly measure: string;
  readonly error: string;
}

/** All values of a run. */
export class Results {
  readonly failures: Failure[] = [];
  private readonly values = new Map<string, number[]>();

  constructor(
    readonly systems: readonly SystemEntry[],
    readonly measures: readonly Measure[],
  ) {}

  get figures(): readonly Figure[] {
    return this.measures.flatMap(({ figures }) => figures);
  }

  add(system: string, values: Readonly<Record<string, number>>): void {
    for (const [figure, value] of Object.entries(values)) {
      const key = `${figure} ${system}`;
      this.values.set(key, [...(this.values.get(key) ?? []), value]);
    }
  }

  valuesOf(figure: string, system: string): readonly number[] {
    return this.values.get(`${figure} ${system}`) ?? [];
  }

  spreadOf(figure: string, system: string): Spread | undefined {
    const values = this.valuesOf(figure, system);
    return values.length === 0 ? undefined : spreadOf(values);
  }

  /** How many times as good as the best peer this library is; undefined where there is nothing to compare. */
  ratioOf({ id, better }: Figure): number | undefined {
    const medians = (kind: SystemEntry['kind']): number[] =>
      this.systems
        .filter((system) => system.kind === kind)
        .flatMap(({ name }) => this.spreadOf(id, name)?.median ?? []);
    const [ours] = medians('ours');
    const peers = medians('peer');
    if (ours === undefined || peers.length === 0) return undefined;
    return better === 'higher' ? ours / Math.max(...peers) : Math.min(...peers) / ours;
  }
}

import type { Measure } from '../measures/measure.ts';
import type { Options } from '../options.ts';
import { Results } from '../report/results.ts';
import type { SystemEntry } from '../systems/catalogue.ts';
import type { Databases } from './databases.ts';
import type { Progress } from './progress.ts';
import { Stage } from './stage.ts';

/** A measure of all systems that can be measured by it, in one round. */
interface Heat {
  readonly round: number;
  readonly measure: Measure;
  readonly systems: readonly SystemEntry[];
}

/** Rounds, in each of them every measure, and in that one system after the other: what changes on the machine meets all. */
function heatsOf({ rounds, measures, systems }: Options): Heat[] {
  const heats: Heat[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const measure of measures.filter(({ once }) => once !== true || round === 1)) {
      const able = systems.filter(({ can }) => measure.figures.some(({ needs }) => can.includes(needs)));
      if (able.length > 0) heats.push({ round, measure, systems: able });
    }
  }
  return heats;
}

/** The steps of a heat, by their titles: all get ready, and then one is measured after the other. */
const stepsOf = ({ measure, systems }: Heat): string[] =>
  measure.together === true
    ? [`${measure.name}, all systems`]
    : [`${measure.name}, making ready`, ...systems.map(({ title }) => `${measure.name}, ${title}`)];

/** Takes every step. A system that fails at one is reported, and the others go on. */
export async function runAll(options: Options, databases: Databases, progress: Progress): Promise<Results> {
  const results = new Results(options.systems, options.measures);
  const heats = heatsOf(options);
  progress.plan(heats.flatMap(stepsOf));
  const start = performance.now();
  let began = start;
  for (const [at, heat] of heats.entries()) {
    if (at > 0 && heat.round !== heats[at - 1]?.round) {
      const now = performance.now();
      // As long as the one before: the first has templates to make, so it is the longest.
      if (now - start + (now - began) > options.withinMs) {
        progress.say(
          `${heat.round - 1} of ${options.rounds} rounds: another would go beyond the time allowed.`,
        );
        break;
      }
      began = now;
    }
    await run(heat);
  }
  progress.done();
  return results;

  /**
   * Loading processes and copying databases use both one processor and the disk, so all systems do that at once. Only
   * when the last is ready is the first measured, and the others lie still until their turn: they aren't connected.
   */
  async function run({ round, measure, systems }: Heat): Promise<void> {
    const next = (): void => progress.next(`round ${round} of ${options.rounds}`);
    next();
    const turns = systems.map(() => new Gate());
    const ready = systems.map(() => new Gate());
    const taken = systems.map(async (system, at) => {
      await take(measure, system, async () => {
        ready[at]?.open();
        await turns[at]?.opened;
      });
      ready[at]?.open();
    });
    if (measure.together === true) for (const turn of turns) turn.open();
    await Promise.all(ready.map(({ opened }) => opened));
    for (const [at, turn] of turns.entries()) {
      if (measure.together !== true) next();
      turn.open();
      await taken[at];
    }
  }

  async function take(measure: Measure, system: SystemEntry, turn: () => Promise<void>): Promise<void> {
    const stage = new Stage(system, databases, options, turn);
    try {
      results.add(system.name, await measure.run(stage));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      results.failures.push({ system: system.name, measure: measure.name, error: text });
      progress.say(`${measure.name}, ${system.title}: ${text}`);
    } finally {
      await stage.clear();
    }
  }
}

class Gate {
  readonly opened: Promise<void>;
  private resolve: () => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve) => (this.resolve = resolve));
  }

  open(): void {
    this.resolve();
  }
}

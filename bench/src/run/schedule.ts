import type { Measure } from '../measures/measure.ts';
import type { Options } from '../options.ts';
import { Results } from '../report/results.ts';
import type { SystemEntry } from '../systems/catalogue.ts';
import type { Databases } from './databases.ts';
import type { Progress } from './progress.ts';
import { Stage } from './stage.ts';

interface Step {
  readonly round: number;
  readonly measure: Measure;
  readonly system: SystemEntry;
}

/** Rounds, in each of them every measure, and in that one system after the other: what changes on the machine meets all. */
export function stepsOf({ rounds, measures, systems }: Options): Step[] {
  const steps: Step[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const measure of measures.filter(({ once }) => once !== true || round === 1)) {
      const able = systems.filter(({ can }) => measure.figures.some(({ needs }) => can.includes(needs)));
      steps.push(...able.map((system) => ({ round, measure, system })));
    }
  }
  return steps;
}

/** Takes every step. A system that fails at one is reported, and the others go on. */
export async function runAll(options: Options, databases: Databases, progress: Progress): Promise<Results> {
  const results = new Results(options.systems, options.measures);
  const steps = stepsOf(options);
  for (const [at, { round, measure, system }] of steps.entries()) {
    progress.show(at, steps.length, `round ${round} of ${options.rounds}: ${measure.name}, ${system.title}`);
    const stage = new Stage(system, databases, options);
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
  progress.done();
  return results;
}

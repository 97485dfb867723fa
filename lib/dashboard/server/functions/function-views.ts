import { Injectable } from '@nestjs/common';
import { type JobFunctionState, JobFunctionService } from '../../../services/job-function.service.js';
import { QueueParts } from '../../../services/queue-parts.js';
import { UnknownJobError } from '../../../errors/unknown-job.error.js';
import { percentile, totalOf } from '../../../common/histogram.js';
import type { SecondsPattern } from '../../../job/retry-pattern.js';
import type { FunctionView } from '../../api/functions.api.js';
import { DashboardStore } from '../store/dashboard.store.js';

interface Now {
  waiting: number;
  running: number;
  failed: number;
}

/** The job functions with what becomes of their jobs. */
@Injectable()
export class FunctionViews {
  constructor(
    private readonly functions: JobFunctionService,
    private readonly parts: QueueParts,
    private readonly store: DashboardStore,
  ) {}

  /** @throws UnknownJobError */
  async one(name: string): Promise<FunctionView> {
    const found = (await this.list()).find((view) => view.name === name);
    if (found === undefined)
      throw new UnknownJobError(`No provider has a job named '${name}', and there is no such job.`);
    return found;
  }

  /** By name; those too that no provider of this process has, but other nodes or jobs. */
  async list(): Promise<FunctionView[]> {
    const [known, breakdown, sums, nodes] = await Promise.all([
      this.functions.list(),
      this.store.overview.breakdown(),
      this.store.metrics.byFunction(),
      this.store.nodes.list(),
    ]);
    const now = new Map<string, Now>();
    for (const { name, waiting, running, failed } of breakdown) {
      const one = now.get(name) ?? { waiting: 0, running: 0, failed: 0 };
      now.set(name, {
        waiting: one.waiting + waiting,
        running: one.running + running,
        failed: one.failed + failed,
      });
    }
    const whole = [...sums.values()].reduce((sum, { run }) => sum + totalOf(run), 0);
    const states = new Map(known.map((state) => [state.name, state]));
    const elsewhere = nodes.flatMap(({ state, names }) => (state === 'dead' ? [] : names));
    const names = new Set([...states.keys(), ...now.keys(), ...sums.keys(), ...elsewhere]);
    return [...names]
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((name) => {
        const { ended = 0, failedTries = 0, attempts = 0, run = [] } = sums.get(name) ?? {};
        const total = totalOf(run);
        return {
          ...declaredView(name, states.get(name)),
          schedulable: this.parts.registry.find(name)?.options.schedulable === true,
          ...(now.get(name) ?? { waiting: 0, running: 0, failed: 0 }),
          ended,
          failedTries,
          runP50: percentile(run, 0.5),
          runP95: percentile(run, 0.95),
          runP99: percentile(run, 0.99),
          failureRate: attempts === 0 ? null : failedTries / attempts,
          total,
          share: whole === 0 ? 0 : total / whole,
        };
      });
  }
}

type Declared = Pick<
  FunctionView,
  'name' | 'known' | 'channel' | 'retryPattern' | 'declared' | 'changed' | 'paused'
>;

function declaredView(name: string, state: JobFunctionState | undefined): Declared {
  if (state === undefined) {
    const changed = { channel: null, retryPattern: null };
    return { name, known: false, channel: 'root', retryPattern: null, declared: null, changed, paused: null };
  }
  const { channel, retryPattern, declared, changed, paused } = state;
  return {
    name,
    known: true,
    channel,
    retryPattern: pattern(retryPattern),
    declared: { channel: declared.channel, retryPattern: pattern(declared.retryPattern) },
    changed: { channel: changed.channel, retryPattern: pattern(changed.retryPattern) },
    paused: paused && { by: paused.by, since: paused.since.toISOString() },
  };
}

const pattern = (given: SecondsPattern | null): FunctionView['retryPattern'] =>
  given === null ? null : { ...given };

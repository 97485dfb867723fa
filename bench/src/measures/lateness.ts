import { quantile } from '../report/statistics.ts';
import type { Measure } from './measure.ts';

/** Seconds that are watched, at a tick each. */
const TICKS = 30;
/** Jobs that are drained meanwhile. */
const BESIDE = 100_000;

const figure = (id: string, title: string) =>
  ({ id: `lateness.${id}`, title, unit: 'ms', better: 'lower', needs: 'schedules' }) as const;

/** From the tick of a schedule of every second to the first line of its job's method: idle, and beside a drain. */
export const lateness: Measure = {
  name: 'lateness',
  once: true,
  figures: [
    figure('idle.p50', 'lateness of ticks, idle, p50'),
    figure('idle.p99', 'lateness of ticks, idle, p99'),
    figure('drain.p50', 'lateness of ticks beside a drain, p50'),
    figure('drain.p99', 'lateness of ticks beside a drain, p99'),
  ],
  async run(stage) {
    const figures: Record<string, number> = {};
    for (const [where, jobs] of [
      ['idle', 0],
      ['drain', BESIDE],
    ] as const) {
      const work = { handler: 'nothing', tunedFor: jobs === 0 ? 'pickup' : 'throughput' } as const;
      const url = await stage.place(work, { jobs });
      const worker = await stage.startOne({ url, work });
      await worker.call('work');
      const late = await worker.call('tickEverySecond', TICKS);
      figures[`lateness.${where}.p50`] = quantile(late, 0.5);
      figures[`lateness.${where}.p99`] = quantile(late, 0.99);
    }
    return figures;
  },
};

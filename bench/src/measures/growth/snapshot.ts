import pg from 'pg';
import { quantile } from '../../report/statistics.ts';
import type { Measure } from '../measure.ts';
import { passes, startFlow } from './passes.ts';

/** Jobs that pass, by default and for a system with a share of 1. */
const JOBS = 500_000;
const PASSES = 50;
/** The first and the last passes, of which the medians are compared. */
const PART = 5;

const percent = { unit: '% of the rate', better: 'higher', needs: 'drain' } as const;

/** What a transaction that stays open elsewhere costs: nothing that ended since it began can be cleared away. */
export const snapshot: Measure = {
  name: 'growth-snapshot',
  optional: 'named',
  once: true,
  figures: [
    { id: 'snapshot.first', title: 'old snapshot, last passes beside the first', ...percent },
    { id: 'snapshot.without', title: 'old snapshot, last passes beside those without one', ...percent },
  ],
  async run(stage) {
    if (stage.system.store !== 'PostgreSQL') return {};
    const size = Math.max(100, Math.round((JOBS * stage.sizes.scale * stage.system.share) / PASSES));
    const every = (stage.sizes.minutes * 60_000) / PASSES;
    const without = await passes(stage, await startFlow(stage), { count: PASSES, size, every });
    await stage.clear();

    const flow = await startFlow(stage);
    const reader = new pg.Client({ connectionString: flow.url });
    await reader.connect();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT count(*) FROM pg_class');
    const held = await passes(stage, flow, { count: PASSES, size, every });
    await reader.end();
    const last = quantile(held.slice(-PART), 0.5);
    return {
      'snapshot.first': (100 * last) / quantile(held.slice(0, PART), 0.5),
      'snapshot.without': (100 * last) / quantile(without.slice(-PART), 0.5),
    };
  },
};

import { passes, startFlow } from './growth/passes.ts';
import type { Measure } from './measure.ts';

/** What a job writes to PostgreSQL's log from its INSERT to its end: replicas receive it, and disks and archives keep it. */
export const footprint: Measure = {
  name: 'footprint',
  once: true,
  optional: 'all',
  figures: [{ id: 'footprint.wal', title: 'WAL of a job', unit: 'bytes', better: 'lower', needs: 'bulk' }],
  async run(stage) {
    if (stage.system.store !== 'PostgreSQL') return {};
    const flow = await startFlow(stage);
    await passes(stage, flow, { count: 1, size: 1_000, every: 0 });
    await flow.worker.call('settled');
    const before = await position();
    await passes(stage, flow, { count: 1, size: stage.jobs, every: 0 });
    await flow.worker.call('settled');
    return { 'footprint.wal': ((await position()) - before) / stage.jobs };

    function position(): Promise<number> {
      return stage.databases.admin(async (query) => {
        const [row] = await query(`SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS at`);
        return row?.['at'] as number;
      });
    }
  },
};

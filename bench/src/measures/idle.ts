import { setTimeout as sleep } from 'node:timers/promises';
import type { Databases } from '../run/databases.ts';
import type { Measure } from './measure.ts';

/** After the start, before statements are counted, and for how long they are, in milliseconds. */
const CALM_MS = 3_000;
const COUNTED_MS = 10_000;

/** Statements a second of a process that has nothing to do. */
export const idle: Measure = {
  name: 'idle',
  once: true,
  together: true,
  figures: [
    {
      id: 'idle.statements',
      title: 'statements of an idle process',
      unit: '/s',
      better: 'lower',
      needs: 'idle cost',
    },
  ],
  async run(stage) {
    const work = { handler: 'nothing', tunedFor: 'pickup' } as const;
    stage.load(1);
    const url = await stage.place(work);
    const worker = await stage.startOne({ url, work });
    await worker.call('work');
    await sleep(CALM_MS);
    const before = await statements(stage.databases, url);
    await sleep(COUNTED_MS);
    return { 'idle.statements': ((await statements(stage.databases, url)) - before) / (COUNTED_MS / 1000) };
  },
};

/** By pg_stat_statements, or where the server has not loaded it, by its transactions. */
function statements(databases: Databases, url: string): Promise<number> {
  const database = new URL(url).pathname.slice(1);
  return databases.admin(async (query) => {
    const [loaded] = await query(
      `SELECT current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%' AS yes`,
    );
    if (loaded?.['yes'] === true) await query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    const [row] = await query(
      loaded?.['yes'] === true
        ? `SELECT coalesce(sum(s.calls), 0)::float8 AS n FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = $1`
        : `SELECT (xact_commit + xact_rollback)::float8 AS n FROM pg_stat_database WHERE datname = $1`,
      [database],
    );
    return row?.['n'] as number;
  });
}

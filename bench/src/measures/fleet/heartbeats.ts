import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { serverCost } from '../../run/server-cost.ts';
import type { Measure } from '../measure.ts';

/** Nodes beside the real one, which is there as well. */
const FLEETS = [7, 47, 199] as const;
const CONNECTIONS = 4;
const SECONDS = 10;
/** Of a node, in milliseconds: as the library's own. */
const BEAT_MS = 1_000;

const HEARTBEAT = {
  name: 'heartbeat',
  text: 'SELECT queue_job_heartbeat_1($1, 3, 15, 100000000, 0.1, false, true, (SELECT fleet_version FROM queue_job_meta))',
};

/**
 * What the heartbeats of a growing fleet cost PostgreSQL. One node is real; those of the others are sent from here, at the
 * same pace, and one session holds the locks of them all.
 */
export const heartbeats: Measure = {
  name: 'fleet-heartbeats',
  optional: 'named',
  once: true,
  figures: FLEETS.map((simulated) => ({
    id: `fleet.heartbeats.${simulated + 1}`,
    title: `heartbeats of ${simulated + 1} nodes, PostgreSQL's CPU`,
    unit: '% of a core',
    better: 'lower',
    needs: 'fleet heartbeats',
  })),
  async run(stage) {
    const work = { handler: 'nothing', tunedFor: 'pickup' } as const;
    stage.load(1);
    const url = await stage.place(work);
    const worker = await stage.startOne({ url, work });
    await worker.call('work');
    const clients = await Promise.all(Array.from({ length: CONNECTIONS + 1 }, () => connect(url)));
    const [holder, ...senders] = clients as [pg.Client, ...pg.Client[]];
    try {
      const nodes: number[] = [];
      const figures: Record<string, number> = {};
      for (const simulated of FLEETS) {
        nodes.push(...(await register(holder, simulated - nodes.length)));
        await beat(senders, nodes, 2);
        const before = await serverCost(stage.databases, url);
        await beat(senders, nodes, SECONDS);
        const after = await serverCost(stage.databases, url);
        const cpu = (100 * (after.cpu - before.cpu)) / SECONDS;
        if (!Number.isNaN(cpu)) figures[`fleet.heartbeats.${simulated + 1}`] = cpu;
      }
      const { rows } = await holder.query(
        'SELECT count(*)::int AS lost FROM queue_job_node WHERE suspect_since IS NOT NULL',
      );
      if (rows[0].lost > 0) throw new Error(`${rows[0].lost} simulated nodes are taken for dead.`);
      return figures;
    } finally {
      await Promise.all(clients.map((client) => client.end()));
    }
  },
};

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** Nodes whose locks this connection holds, as the session of each would. */
async function register(holder: pg.Client, count: number): Promise<number[]> {
  const { rows } = await holder.query(
    `WITH real AS (SELECT n.*, (SELECT k.classid::bigint FROM pg_locks k WHERE k.locktype = 'advisory' AND k.pid = n.backend AND k.objid = n.id::oid) AS class
       FROM queue_job_node n WHERE n.backend <> pg_backend_pid() ORDER BY n.id LIMIT 1),
     made AS (INSERT INTO queue_job_node (name, listens, concurrency, names, version, backend)
       SELECT 'simulated', true, 10, r.names, r.version, pg_backend_pid() FROM real r, generate_series(1, $1) RETURNING id)
     SELECT m.id, pg_try_advisory_lock((CASE WHEN r.class > 2147483647 THEN r.class - 4294967296 ELSE r.class END)::int, m.id) AS locked
     FROM made m, real r`,
    [count],
  );
  return rows.map(({ id }: { id: number }) => id);
}

/** One heartbeat a second of each node, spread over the second. */
async function beat(senders: readonly pg.Client[], nodes: readonly number[], seconds: number): Promise<void> {
  const start = performance.now();
  const beats = nodes.length * seconds;
  await Promise.all(
    senders.map(async (client, first) => {
      for (let at = first; at < beats; at += senders.length) {
        const wait = start + (at * BEAT_MS) / nodes.length - performance.now();
        if (wait > 0) await sleep(wait);
        await client.query({ ...HEARTBEAT, values: [nodes[at % nodes.length]] });
      }
    }),
  );
}

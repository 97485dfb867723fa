import type { Client } from 'pg';
import type { Store } from '../../../lib/store/store.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect, countOf } from '../../support/recorder-jobs.js';
import { openTestStore, PlayedNode } from '../../support/store.js';

/** Seconds; another node watches only after a part of it. */
const GRACE = 1_000;

describe('a heartbeat', () => {
  let database: TestDatabase;
  let client: Client;
  let store: Store;
  let close: () => Promise<void>;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    ({ store, close } = await openTestStore(database.url));
  });

  afterEach(async () => {
    await close();
    await client.end();
    await database.drop();
  });

  /** Nodes with a lease, and as many that have ended. */
  const addNodes = async (count: number, lease = "clock_timestamp() + interval '1 hour'"): Promise<void> => {
    await client.query(
      `INSERT INTO queue_job_node (name, alive, listens, lease_until, names)
       SELECT 'n', at % 2 = 0, false, ${lease}, ARRAY['Recorder.noop'] FROM generate_series(1, ${2 * count}) at`,
    );
    await client.query('VACUUM (ANALYZE) queue_job_node');
  };

  const suspects = async (): Promise<number> =>
    countOf(client, 'SELECT count(*) FROM queue_job_node WHERE alive AND suspect_since IS NOT NULL');

  /** Pages of 8 kB that a heartbeat reads, of a node that knows who lives, and after another one has watched. */
  const pagesOf = async (node: PlayedNode): Promise<number> => {
    await store.nodes.heartbeat(node.id, GRACE, 15);
    const version = await countOf(client, 'SELECT fleet_version AS count FROM queue_job_meta');
    const pages: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT json) SELECT queue_job_heartbeat_1(${node.id}, ${GRACE}, 15, 0, 0, false, true, ${version})`,
      );
      const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
      pages.push((plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0));
    }
    return Math.min(...pages);
  };

  it('reads as much beside four hundred nodes as beside four', async () => {
    const node = await PlayedNode.register(store);
    await addNodes(4);
    const few = await pagesOf(node);
    await addNodes(400);
    const many = await pagesOf(node);
    // A tree of an index may have grown by a level.
    expect(many).toBeLessThanOrEqual(few + 10);
  });

  it('looks at the other nodes for all of them, once in a part of the grace', async () => {
    const nodes = [await PlayedNode.register(store), await PlayedNode.register(store)];
    await client.query(`UPDATE queue_job_node SET listens = false, lease_until = 'infinity'`);
    for (const { id } of nodes) await store.nodes.heartbeat(id, GRACE, 15);
    await addNodes(1, "clock_timestamp() - interval '1 second'");
    for (const { id } of nodes) await store.nodes.heartbeat(id, GRACE, 15);
    expect(await suspects()).toBe(0);
    // Its time has come, and one comes first.
    await client.query('UPDATE queue_job_node SET date_watched = NULL');
    await store.nodes.heartbeat(nodes[1]?.id as number, GRACE, 15);
    expect(await suspects()).toBe(1);
  });

  it('looks at them although somebody holds the row that says when that was', async () => {
    const node = await PlayedNode.register(store);
    await addNodes(1, "clock_timestamp() - interval '1 second'");
    await client.query(
      `UPDATE queue_job_node SET date_watched = clock_timestamp() - ${2 * GRACE} * interval '1 second' WHERE id = $1`,
      [node.id],
    );
    const other = await PlayedNode.register(store);
    await client.query('BEGIN');
    await client.query('SELECT FROM queue_job_node WHERE id = $1 FOR UPDATE', [node.id]);
    await store.nodes.heartbeat(other.id, GRACE, 15);
    await client.query('COMMIT');
    expect(await suspects()).toBeGreaterThanOrEqual(1);
  });
});

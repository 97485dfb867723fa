import type { Client } from 'pg';
import { EmbeddedPostgres } from '../../../sample/src/embedded-postgres.js';
import { eventually } from '../../support/eventually.js';
import { connect } from '../../support/recorder-jobs.js';
import { ScheduleNode } from '../../support/schedule-node.js';
import { prepareTemplate } from '../../support/template.js';

/** Rounds of faults: one in the suite, some ten for two minutes. */
const ROUNDS = Number(process.env['SCHEDULE_ROUNDS'] ?? 1);
const HOUR_MS = 3_600_000;

/** Needs a server of its own, which it may kill. */
describe('a schedule of every second', () => {
  let server: EmbeddedPostgres;
  let client: Client;
  let nodes: ScheduleNode[] = [];

  beforeAll(async () => {
    server = await EmbeddedPostgres.start({ settings: { max_connections: '200' } });
    await prepareTemplate(server.url);
    client = await connect(server.url);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(nodes.map(async (node) => node.close()));
    await client.end();
    await server.stop();
  });

  /** The ticks in the order in which they were stored, in seconds. */
  const ticks = async (): Promise<number[]> => {
    const { rows } = await client.query<{ tick: number }>(
      `SELECT extract(epoch FROM scheduled_at)::integer AS tick FROM (
         SELECT seq, schedule, scheduled_at FROM queue_job UNION ALL SELECT seq, schedule, scheduled_at FROM queue_job_history
       ) j WHERE schedule = 'every second' ORDER BY seq`,
    );
    return rows.map(({ tick }) => tick);
  };
  const ticksOn = async (more: number): Promise<void> => {
    const before = (await ticks()).length;
    await eventually(
      async () => expect((await ticks()).length).toBeGreaterThanOrEqual(before + more),
      30_000,
    );
  };

  it(
    'stores each tick exactly once and in order, whatever is killed, stopped and restarted, and whatever the clocks say',
    async () => {
      const clocks = [0, 5 * HOUR_MS, -7 * HOUR_MS, 26 * HOUR_MS];
      nodes = await Promise.all(clocks.map(async (clock) => ScheduleNode.start(server.url, clock)));
      await ticksOn(3);
      for (let round = 0; round < ROUNDS; round += 1) {
        const [killed, stopped] = [nodes[round % 4] as ScheduleNode, nodes[(round + 1) % 4] as ScheduleNode];
        stopped.signal('SIGSTOP');
        await killed.kill();
        await ticksOn(2);
        await server.restartImmediate();
        client = await connect(server.url);
        await ticksOn(2);
        stopped.signal('SIGCONT');
        nodes[round % 4] = await ScheduleNode.start(server.url, clocks[round % 4]);
        await ticksOn(2);
        // None is left: what comes now is missed, and made up.
        await Promise.all(nodes.map(async (node) => node.kill()));
        await client.query('SELECT pg_sleep(2)');
        nodes = await Promise.all(clocks.map(async (clock) => ScheduleNode.start(server.url, clock)));
        await ticksOn(3);
      }
      const found = await ticks();
      const first = found[0] ?? 0;
      expect(found).toEqual(Array.from({ length: found.length }, (_, at) => first + at));
      const { rows } = await client.query<{ previous: number; tick: number }>(
        `SELECT extract(epoch FROM (tick->>'previous')::timestamptz)::integer AS previous, extract(epoch FROM scheduled_at)::integer AS tick
         FROM queue_job_history WHERE tick->>'previous' IS NOT NULL`,
      );
      expect(rows.filter(({ previous, tick }) => previous !== tick - 1)).toEqual([]);
    },
    60_000 + ROUNDS * 60_000,
  );
});

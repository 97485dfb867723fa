import { Injectable } from '@nestjs/common';
import { Job, type QueueJobModuleOptions } from '../../../lib/index.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { createTestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { connect } from '../../support/recorder-jobs.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

/** The promise of the documentation, in milliseconds. */
const LIMIT_MS = 30_000;

const gate = new Gate();
let begun = 0;

@Injectable()
class Work {
  @Job()
  async run(): Promise<string> {
    return 'ran';
  }

  @Job({ defaultChannel: 'root.single' })
  async held(): Promise<string> {
    begun += 1;
    await gate.opened;
    return 'held';
  }
}

/** A database with a proxy before it, and what is to be closed in the end. */
async function scene() {
  const database = await createTestDatabase();
  const proxy = await TcpProxy.start(database.url);
  const client = await connect(database.url);
  const applications: TestApplication[] = [];
  const start = async (url: string, options: QueueJobModuleOptions = {}): Promise<TestApplication> => {
    const application = await startApplication({ url, providers: [Work], options, logger: false });
    applications.push(application);
    return application;
  };
  return {
    client,
    proxy,
    start,
    near: async (options?: QueueJobModuleOptions) => start(proxy.through(database.url), options),
    direct: async (options?: QueueJobModuleOptions) => start(database.url, options),
    close: async (): Promise<void> => {
      proxy.cut();
      await Promise.all(applications.map((one) => one.close()));
      await proxy.close();
      await client.end();
      await database.drop();
    },
  };
}

describe('connections that fall silent without an end, while new ones work', () => {
  it.concurrent.each([
    ['all of them', false, true],
    ['all of them, with those of before left open at the server', false, false],
    ['all but the session of the node', true, false],
  ])(
    'hold a node up for less than 30 s: %s',
    async (_, sparesSession, closed) => {
      const { client, proxy, near, direct, close } = await scene();
      await near();
      const web = await direct({ runner: false });
      await web.queue.finished(await web.queue.withDelay(Work).run());
      const { rows } = await client.query<{ port: number }>(
        `SELECT client_port AS port FROM queue_job_node JOIN pg_stat_activity ON pid = backend`,
      );
      const session = rows[0]?.port;
      expect(proxy.dropSilently((port) => !sparesSession || port !== session, { closed })).toBeGreaterThan(1);
      const job = await web.queue.withDelay(Work).run();
      await expect(web.queue.finished(job, { timeout: LIMIT_MS })).resolves.toBe('ran');
      await close();
    },
    90_000,
  );

  it.concurrent(
    'hold a process that only stores up for less than 30 s',
    async () => {
      const { proxy, near, close } = await scene();
      const { queue } = await near({ runner: false });
      // Both connections of the library are open.
      await Promise.all([1, 2, 3].map(async () => queue.counts()));
      expect(proxy.dropSilently()).toBeGreaterThan(1);
      const until = performance.now() + LIMIT_MS;
      let stored = false;
      while (!stored && performance.now() < until)
        stored = await queue
          .withDelay(Work)
          .run()
          .then(
            () => true,
            () => false,
          );
      expect(performance.now()).toBeLessThan(until);
      await close();
    },
    90_000,
  );

  it.concurrent(
    'take nothing from their node, whose session comes back before anybody gives it up',
    async () => {
      const { client, proxy, near, direct, close } = await scene();
      const node = await near({ channels: 'root.single:1' });
      const id = node.runner.nodeId;
      const first = await node.queue.withDelay(Work).held();
      await eventually(() => expect(begun).toBe(1));
      const other = await direct();
      const second = await other.queue.withDelay(Work).run();
      await other.queue.finished(second);
      const { rows: before } = await client.query<{ backend: number }>(
        'SELECT backend FROM queue_job_node WHERE id = $1',
        [id],
      );
      proxy.dropSilently();
      await eventually(async () => {
        const { rows } = await client.query<{ backend: number; alive: boolean }>(
          'SELECT backend, alive FROM queue_job_node WHERE id = $1',
          [id],
        );
        expect(rows[0]?.alive).toBe(true);
        expect(rows[0]?.backend).not.toBe(before[0]?.backend);
      }, LIMIT_MS);
      gate.open();
      await expect(other.queue.finished(first, { timeout: LIMIT_MS })).resolves.toBe('held');
      expect(begun).toBe(1);
      expect(node.runner.nodeId).toBe(id);
      await close();
    },
    90_000,
  );
});

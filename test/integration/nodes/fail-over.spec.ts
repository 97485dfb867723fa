import { Injectable } from '@nestjs/common';
import {
  currentJob,
  Job,
  type QueueJob,
  type QueueJobModuleOptions,
  ReadOnlyDatabaseError,
} from '../../../lib/index.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { eventually } from '../../support/eventually.js';
import { ReplicatedPostgres } from '../../support/replicated-postgres.js';
import { createRole, onServer } from '../../support/role.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

/** How often each job has begun, by its uuid. */
const begun = new Map<string, number>();

@Injectable()
class Work {
  @Job()
  async short(): Promise<void> {
    const { uuid } = currentJob().job;
    begun.set(uuid, (begun.get(uuid) ?? 0) + 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  @Job({ transactional: true })
  async transactional(): Promise<void> {
    const { job, manager } = currentJob();
    await manager.query('INSERT INTO app.effect VALUES ($1)', [job.uuid]);
  }
}

/** Needs servers of its own: a primary that dies, and a standby that takes over. */
describe('a fail-over to a standby', () => {
  let servers: ReplicatedPostgres;
  let proxy: TcpProxy;
  let onStandby: string;
  const nodes: TestApplication[] = [];

  beforeAll(async () => {
    servers = await ReplicatedPostgres.start();
    const url = await createRole(servers.primary.url, 'app');
    await onServer(servers.primary.url, async (admin) => {
      await admin.query('CREATE SCHEMA app AUTHORIZATION app');
      await admin.query('CREATE TABLE app.effect (uuid uuid)');
      await admin.query('GRANT ALL ON app.effect TO app');
    });
    onStandby = Object.assign(new URL(url), { port: new URL(servers.standby.url).port }).href;
    proxy = await TcpProxy.start(url);
    const options = { schema: 'app', runner: { concurrency: 10 } };
    for (let at = 0; at < 2; at += 1)
      nodes.push(
        await startApplication({ url: proxy.through(url), providers: [Work], options, logger: false }),
      );
  }, 120_000);

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await proxy.close();
    await servers.stop();
  }, 60_000);

  /** Calls jobs one after the other until it is told to end; answers with those whose call was answered. */
  const callSteadily = (node: TestApplication): (() => Promise<QueueJob[]>) => {
    const jobs: QueueJob[] = [];
    const until = new AbortController();
    const loop = (async () => {
      while (!until.signal.aborted) {
        const delayed = node.queue.withDelay(Work);
        const job = await (jobs.length % 2 === 0 ? delayed.short() : delayed.transactional()).catch(
          () => undefined,
        );
        if (job !== undefined) jobs.push(job);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    return async () => {
      until.abort();
      await loop;
      return jobs;
    };
  };

  /** While both nodes call and run jobs, something happens to the database; none is lost, and none runs twice unseen. */
  const whileAtWork = async (happens: () => Promise<void>): Promise<void> => {
    begun.clear();
    const ends = nodes.map(callSteadily);
    await eventually(() => expect(begun.size).toBeGreaterThan(20));
    await happens();
    const before = begun.size;
    await eventually(() => expect(begun.size).toBeGreaterThan(before + 20), 30_000);
    const jobs = (await Promise.all(ends.map(async (end) => end()))).flat();
    const [first] = nodes as [TestApplication];
    await Promise.all(jobs.map(async (job) => first.queue.finished(job, { timeout: '30 s' })));
    for (const [uuid, times] of begun) {
      const job = await first.queue.find(uuid);
      expect([uuid, job?.state, job?.retry]).toEqual([uuid, 'done', times]);
    }
    // What a transactional job does is done once, however often it was begun.
    const effects = (await first.dataSource.query('SELECT uuid FROM app.effect')) as { uuid: string }[];
    const transactional = jobs.filter(({ name }) => name === 'Work.transactional').map(({ uuid }) => uuid);
    const known = effects.map(({ uuid }) => uuid).filter((uuid) => transactional.includes(uuid));
    expect(known.toSorted()).toEqual(transactional.toSorted());
    const living = await first.queue.counts();
    expect([living.pending, living.enqueued, living.started]).toEqual([0, 0, 0]);
  };

  const startOnStandby = async (options: QueueJobModuleOptions): Promise<TestApplication> =>
    startApplication({
      url: onStandby,
      providers: [Work],
      options: { schema: 'app', ...options },
      logger: false,
    });

  it.each([
    ['to make tables', { schema: 'other' }],
    ['to run jobs', {}],
    ['to run jobs, without migrations', { migrate: false }],
  ])('is needed by an application that starts on a standby %s', async (_, options) => {
    await expect(startOnStandby(options)).rejects.toThrow(ReadOnlyDatabaseError);
  });

  it('is not needed by an application on a standby that only reads', async () => {
    const [node] = nodes as [TestApplication];
    const job = await node.queue.withDelay(Work).short();
    await node.queue.finished(job, { timeout: '20 s' });
    const reader = await startOnStandby({ migrate: false, runner: false });
    await eventually(async () => expect((await reader.queue.find(job.uuid))?.state).toBe('done'));
    await reader.close();
  });

  it('loses no job that was stored, and runs none twice unseen, where the primary dies', async () => {
    await whileAtWork(async () => {
      await servers.killPrimary();
      await servers.promote();
      proxy.turnTo(servers.standby.url);
      proxy.cut();
    });
  }, 120_000);

  it('leaves connections that have become read-only while they are alive', async () => {
    await whileAtWork(async () => {
      await onServer(servers.standby.url, async (admin) => {
        // Of a primary that was demoted in place, as some hosted databases do it: its connections stay.
        await admin.query('ALTER ROLE app SET default_transaction_read_only = on');
        await admin.query('ALTER SYSTEM SET default_transaction_read_only = on');
        await admin.query('SELECT pg_reload_conf()');
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        await admin.query('BEGIN READ WRITE; ALTER ROLE app SET default_transaction_read_only = off; COMMIT');
      });
    });
  }, 120_000);
});

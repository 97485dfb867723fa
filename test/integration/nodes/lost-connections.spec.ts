import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { chain, Job } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect } from '../../support/recorder-jobs.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

@Injectable()
class Steps {
  @Job()
  async step(): Promise<void> {}
}

/** Listened to at once, since the call may be refused before anybody asks. */
const messageOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'none',
    (error: unknown) => (error as Error).message,
  );

describe('a connection that is lost', () => {
  let database: TestDatabase;
  let client: Client;
  /** Holds the lock that a call waits for. */
  let holder: Client;
  let proxy: TcpProxy;
  let test: TestApplication;

  beforeAll(async () => {
    database = await createTestDatabase();
    [client, holder] = await Promise.all([connect(database.url), connect(database.url)]);
    proxy = await TcpProxy.start(database.url);
    test = await startApplication({
      url: proxy.through(database.url),
      providers: [Steps],
      options: { runner: false },
    });
  });

  afterAll(async () => {
    await test.close();
    await proxy.close();
    await Promise.all([client.end(), holder.end()]);
    await database.drop();
  });

  /** Ends the connection that waits for the table, as a crash of the server would. */
  const cutWaiting = async (): Promise<void> => {
    await eventually(async () => {
      const { rowCount } = await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      expect(rowCount).toBe(1);
    });
  };

  it('in the middle of storing a graph is the error of that call, and no reason for the process to end', async () => {
    await holder.query('BEGIN; LOCK TABLE queue_job');
    const steps = test.queue.delayable(Steps);
    const call = chain(steps.step(), steps.step()).delay();
    const refused = messageOf(call);
    await cutWaiting();
    expect(await refused).toMatch(/terminat|timeout|ECONNRESET/);
    await holder.query('COMMIT');
    expect(await chain(steps.step(), steps.step()).delay()).toHaveLength(2);
  });

  it('while its last answer is still on the way is no reason for the process to end, whoever gets it next', async () => {
    const steps = test.queue.delayable(Steps);
    // The connection of the lists, of which one runs at a time, is open, in use, and waited for.
    await test.channels.list();
    proxy.holdAnswers();
    const asked = [
      ...Array.from({ length: 2 }, () => test.channels.list()),
      ...Array.from({ length: 3 }, () => chain(steps.step(), steps.step()).delay()),
    ];
    const others = `FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND state = 'idle' AND query LIKE '%queue_job_channel%'`;
    await eventually(async () => expect((await client.query(`SELECT ${others}`)).rowCount).toBe(1));
    await client.query(`SELECT pg_terminate_backend(pid, 5000) ${others}`);
    proxy.thaw();
    await Promise.allSettled(asked);
    expect(await chain(steps.step(), steps.step()).delay()).toHaveLength(2);
  });

  it('in the middle of a change of the channels is the error of that call alone', async () => {
    await holder.query('BEGIN; LOCK TABLE queue_job_channel');
    const call = test.channels.configure('root.one', { capacity: 1 });
    const refused = messageOf(call);
    await cutWaiting();
    expect(await refused).toMatch(/terminat|timeout|ECONNRESET/);
    await holder.query('COMMIT');
    await test.channels.configure('root.one', { capacity: 2 });
    expect(await test.channels.get('root.one')).toMatchObject({ capacity: 2 });
  });

  it('in the middle of a change of the channels, with nobody told, holds no node up for long', async () => {
    const other = await startApplication({ url: database.url, providers: [Steps] });
    await holder.query('BEGIN; SELECT 1 FROM queue_job_meta FOR UPDATE');
    const call = test.channels.configure('root.one', { capacity: 3 });
    const refused = messageOf(call);
    await eventually(async () => {
      // A node that claims may wait, too, for the channels.
      const { rowCount } = await client.query(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND wait_event <> 'advisory' AND datname = current_database()`,
      );
      expect(rowCount).toBe(1);
    });
    // It has the lock of the channels, and is not heard of any more.
    proxy.freeze();
    await holder.query('COMMIT');
    const job = await other.queue.withDelay(Steps).step();
    await other.queue.finished(job, { timeout: '20 s' });
    proxy.cut();
    proxy.thaw();
    expect(await refused).toMatch(/terminat|timeout|ECONNRESET/);
    await other.close();
  }, 40_000);
});

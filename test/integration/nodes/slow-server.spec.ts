import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { EmbeddedPostgres } from '../../../sample/src/embedded-postgres.js';
import { currentJob, Job, type QueueJobRunnerOptions } from '../../../lib/index.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { eventually } from '../../support/eventually.js';
import { Gate } from '../../support/gate.js';
import { connect } from '../../support/recorder-jobs.js';
import { createRole, onServer } from '../../support/role.js';

const seconds = async (count: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, count * 1_000));

class Log {
  readonly gate = new Gate();
  readonly begun: string[] = [];
  readonly aborted: string[] = [];
}
const log = new Log();

@Injectable()
class Work {
  @Job()
  async long(): Promise<string> {
    const { job, signal } = currentJob();
    log.begun.push(job.uuid);
    signal.addEventListener('abort', () => log.aborted.push(job.uuid));
    await log.gate.opened;
    return 'ended';
  }
}

/** Needs a server of its own, whose processes it stops. Both kinds of nodes are there at once, each in a schema. */
describe('a server that is slow, not dead', () => {
  const kinds: Record<string, QueueJobRunnerOptions> = {
    sessions: {},
    // Nobody can renew a lease while the table is locked: it has to last longer than that.
    leases: { listen: false, pollInterval: 200, leaseDuration: '30 s' },
  };
  let server: EmbeddedPostgres;
  let admin: Client;
  const nodes: TestApplication[] = [];

  beforeAll(async () => {
    server = await EmbeddedPostgres.start();
    const url = await createRole(server.url, 'slow');
    admin = await connect(server.url);
    for (const [schema, runner] of Object.entries(kinds)) {
      await admin.query(`CREATE SCHEMA ${schema} AUTHORIZATION slow`);
      for (let at = 0; at < 2; at += 1)
        nodes.push(
          await startApplication({ url, providers: [Work], options: { runner, schema }, logger: false }),
        );
    }
  }, 60_000);

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await admin.end();
    await server.stop();
  });

  const whileSlow = async (slow: () => Promise<void>): Promise<void> => {
    Object.assign(log, new Log());
    const ids = nodes.map((node) => node.runner.nodeId);
    const jobs = await Promise.all(
      nodes.map(async ({ queue }) => ({ queue, job: await queue.withDelay(Work).long() })),
    );
    await eventually(() => expect(log.begun).toHaveLength(jobs.length));
    // The claims have been answered, and the looks of the next second, too.
    await seconds(1.2);
    await slow();
    // As long as it takes to be given up afterwards.
    await seconds(6);
    log.gate.open();
    await Promise.all(jobs.map(async ({ queue, job }) => queue.finished(job, { timeout: '20 s' })));
    expect(log.begun).toHaveLength(jobs.length);
    expect(log.aborted).toEqual([]);
    expect(nodes.map((node) => node.runner.nodeId)).toEqual(ids);
  };

  it('leaves the jobs with their nodes while its backends stand still for 12 s', async () => {
    await whileSlow(async () => {
      const { rows } = await admin.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE usename = 'slow'`,
      );
      for (const { pid } of rows) process.kill(pid, 'SIGSTOP');
      await seconds(12);
      for (const { pid } of rows) process.kill(pid, 'SIGCONT');
    });
  }, 90_000);

  it('leaves the jobs with their nodes while the table of nodes is locked for 15 s', async () => {
    await whileSlow(async () =>
      onServer(server.url, async (holder) => {
        await holder.query('BEGIN; LOCK TABLE sessions.queue_job_node, leases.queue_job_node');
        await seconds(15);
        await holder.query('ROLLBACK');
      }),
    );
  }, 90_000);
});

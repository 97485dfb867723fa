import { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { EmbeddedPostgres } from '../../../sample/src/embedded-postgres.js';
import { Job } from '../../../lib/index.js';
import { startApplication } from '../../support/application.js';
import { type Certificates, createCertificates } from '../../support/certificates.js';
import { ClusterNode } from '../../support/cluster.js';
import { LogBook } from '../../support/log-book.js';
import { connect, insertJobs } from '../../support/recorder-jobs.js';
import { allowTables, createRole } from '../../support/role.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Work {
  @Job()
  async run(): Promise<string> {
    return 'ran';
  }
}

/** Needs a server of its own, which takes only clients with a certificate. */
describe('a server that asks for a certificate', () => {
  let certificates: Certificates;
  let server: EmbeddedPostgres;
  let admin: pg.Client;
  let url: string;

  beforeAll(async () => {
    certificates = createCertificates('tls');
    server = await EmbeddedPostgres.start({ settings: certificates.settings });
    url = await createRole(server.url, 'tls');
    await allowTables(server.url, url);
    admin = await connect(server.url);
  }, 60_000);

  afterAll(async () => {
    await admin.end();
    await server.stop();
    certificates.remove();
  });

  const ssl = (): { ca: string; cert: string; key: string } => {
    const { ca, cert, key } = certificates;
    return { ca, cert, key };
  };

  /** Runs a job, for longer than a short lease, and answers with what was warned of. */
  const warningsOf = async (dataSource: object, listen: boolean): Promise<string[]> => {
    const logger = new LogBook();
    const runner = { listen, leaseDuration: 1_000, pollInterval: 100 };
    const test = await startApplication({ url, providers: [Work], options: { runner }, dataSource, logger });
    for (let at = 0; at < 3; at += 1) {
      const job = await test.queue.withDelay(Work, { eta: 1 }).run();
      await expect(test.queue.finished(job, { timeout: '20 s' })).resolves.toBe('ran');
    }
    const { rows } = await admin.query<{ plain: string }>(
      `SELECT count(*) FILTER (WHERE NOT s.ssl) AS plain FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.usename = 'tls'`,
    );
    expect(rows[0]?.plain).toBe('0');
    await test.close();
    expect((await admin.query(`SELECT 1 FROM queue_job_attempt`)).rows).toEqual([]);
    return logger.entries.filter(({ level }) => level === 'warn').map(({ message }) => message);
  };

  it('gets it from each connection of a node with a session, whatever checks the server', async () => {
    const checked: string[] = [];
    const checkServerIdentity = (host: string): undefined => void checked.push(host);
    expect(await warningsOf({ ssl: { ...ssl(), checkServerIdentity } }, true)).toEqual([]);
    // The application's own, that of the round trips, the session and the one for the rest.
    expect(checked.length).toBeGreaterThanOrEqual(4);
    expect(new Set(checked)).toEqual(new Set(['127.0.0.1']));
  }, 60_000);

  class OwnClient extends pg.Client {}

  it.each<[string, (settings: object) => object]>([
    ['ssl.checkServerIdentity', (given) => ({ ssl: { ...given, checkServerIdentity: () => undefined } })],
    ['stream', (given) => ({ ssl: given, extra: { stream: () => new Socket() } })],
    ['driver', (given) => ({ ssl: given, extra: { Client: OwnClient } })],
    ['driver', (given) => ({ ssl: given, driver: { ...pg, Client: OwnClient, Pool: pg.Pool } })],
  ])(
    'gets it from a node with a lease that its thread can not renew, and says so: %s',
    async (name, given) => {
      const warnings = await warningsOf(given(ssl()), false);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain(`the option ${name} of the data source`);
      expect(warnings[0]).toContain('1000 ms (runner.leaseDuration)');
    },
    60_000,
  );

  it('gets it from the thread that renews a lease, while the process is blocked', async () => {
    const runner = { listen: false, leaseDuration: 1_500, pollInterval: 100 };
    const nodes = [
      await ClusterNode.start(url, { runner: { ...runner, channels: ['root.blocked'] } }, { ssl: ssl() }),
      await ClusterNode.start(url, { runner: { ...runner, channels: ['root.other'] } }, { ssl: ssl() }),
    ];
    await insertJobs(admin, [{ method: 'block', args: [8_000], channel: 'root.blocked' }]);
    await eventually(async () => {
      const { rows } = await admin.query(
        `SELECT state, retry FROM queue_job_history WHERE channel = 'root.blocked'`,
      );
      expect(rows).toEqual([{ state: 'done', retry: 1 }]);
    }, 30_000);
    await Promise.all(nodes.map((node) => node.close()));
  }, 60_000);
});

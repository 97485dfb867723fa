import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { serverAccount } from '../../../sample/src/embedded-postgres-home.js';
import { EmbeddedPostgres } from '../../../sample/src/embedded-postgres.js';
import { currentJob, Job } from '../../../lib/index.js';
import { startApplication } from '../../support/application.js';
import { type Certificates, createCertificates } from '../../support/certificates.js';
import { eventually } from '../../support/eventually.js';
import { LogBook } from '../../support/log-book.js';
import { allowTables, createRole, onServer } from '../../support/role.js';

@Injectable()
class Work {
  @Job()
  async run(): Promise<string> {
    return 'ran';
  }

  @Job({ transactional: true })
  async transactional(): Promise<string> {
    await currentJob().manager.query('SELECT 1');
    return 'ran';
  }
}

const NONE = {
  host: undefined,
  port: undefined,
  username: undefined,
  password: undefined,
  database: undefined,
};

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

/** Needs a server of its own, which listens wherever a server can. */
describe('a data source whose server is', () => {
  let certificates: Certificates;
  let server: EmbeddedPostgres;
  let socketFolder: string;
  let port: string;
  let user: string;
  let password: string;

  beforeAll(async () => {
    certificates = createCertificates('tls', [
      'local all plain scram-sha-256',
      'hostssl all plain 127.0.0.1/32 scram-sha-256',
      'host all plain ::1/128 scram-sha-256',
    ]);
    // A socket's path may not be longer than 107 bytes.
    socketFolder = mkdtempSync(join('/tmp', 'socket-'));
    const account = serverAccount();
    if (account !== undefined) chownSync(socketFolder, account.uid, account.gid);
    server = await EmbeddedPostgres.start({
      settings: {
        ...certificates.settings,
        unix_socket_directories: socketFolder,
        listen_addresses: hasIpv6 ? '127.0.0.1,::1' : '127.0.0.1',
      },
    });
    const url = await createRole(server.url, 'plain');
    await allowTables(server.url, url);
    ({ port, username: user, password } = new URL(url));
  }, 60_000);

  afterAll(async () => {
    await server.stop();
    certificates.remove();
    rmSync(socketFolder, { recursive: true, force: true });
  });

  const fields = (): object => ({
    username: user,
    password: decodeURIComponent(password),
    database: 'postgres',
  });
  const urlAt = (host: string, search = ''): object => ({
    ...NONE,
    url: `postgres://${user}:${password}@${host}/postgres${search}`,
  });
  const tcp = (): string => `127.0.0.1:${port}`;
  const certificate = { rejectUnauthorized: true };

  const ways: [string, () => object][] = [
    ['at a unix socket, as a host', () => ({ host: socketFolder, port: Number(port), ...fields() })],
    ['at a unix socket, in the query of a URL', () => urlAt('', `?host=${socketFolder}&port=${port}`)],
    ['at a unix socket, as the host of a URL', () => urlAt(`${encodeURIComponent(socketFolder)}:${port}`)],
    ['at an IPv6 address', () => ({ host: '::1', port: Number(port), ...fields() })],
    ['at an IPv6 address in a URL', () => urlAt(`[::1]:${port}`)],
    ['known by ssl.ca', () => ({ ...urlAt(tcp()), ssl: { ...certificate, ca: certificates.ca } })],
    [
      'known by ssl.ca as a Buffer',
      () => ({ ...urlAt(tcp()), ssl: { ...certificate, ca: Buffer.from(certificates.ca) } }),
    ],
    ['not to be checked, by the option ssl', () => ({ ...urlAt(tcp()), ssl: { rejectUnauthorized: false } })],
    [
      'not to be checked, by extra.ssl',
      () => ({ ...urlAt(tcp()), extra: { ssl: { rejectUnauthorized: false } } }),
    ],
    ['not to be checked, by sslmode=no-verify', () => urlAt(tcp(), '?sslmode=no-verify')],
    [
      'not to be checked, by sslmode=no-verify beside ssl: true',
      () => ({ ...urlAt(tcp(), '?sslmode=no-verify'), ssl: true }),
    ],
    [
      'not to be checked, by sslmode=require as libpq means it',
      () => urlAt(tcp(), '?uselibpqcompat=true&sslmode=require'),
    ],
    [
      'known by sslmode=verify-full and sslrootcert',
      () => urlAt(tcp(), `?sslmode=verify-full&sslrootcert=${certificates.caFile}`),
    ],
    [
      'known by sslmode=require and sslrootcert',
      () => urlAt(tcp(), `?sslmode=require&sslrootcert=${certificates.caFile}`),
    ],
    [
      'the master of a replication by URL',
      () => ({
        ...NONE,
        replication: {
          master: urlAt(tcp(), '?sslmode=no-verify'),
          slaves: [urlAt(tcp(), '?sslmode=no-verify')],
        },
      }),
    ],
    [
      'the master of a replication at a socket, its replica elsewhere',
      () => ({
        ...NONE,
        ssl: { rejectUnauthorized: false },
        replication: {
          master: { host: socketFolder, port: Number(port), ...fields(), ssl: false },
          slaves: [urlAt(tcp(), '?sslmode=no-verify')],
        },
      }),
    ],
    [
      'given options by extra',
      () => ({
        ...urlAt(tcp(), '?sslmode=no-verify'),
        applicationName: 'shop',
        poolErrorHandler: () => undefined,
        extra: {
          max: 4,
          idleTimeoutMillis: 1_000,
          maxUses: 5,
          allowExitOnIdle: true,
          options: '-c application_name=shop -c work_mem=5MB',
          idle_in_transaction_session_timeout: 20_000,
          keepAlive: true,
          binary: false,
        },
      }),
    ],
  ];

  it.each(ways.flatMap(([way, dataSource]) => [true, false].map((listen) => ({ way, listen, dataSource }))))(
    '$way runs jobs with listen: $listen',
    async ({ listen, dataSource }) => {
      const logger = new LogBook();
      const test = await startApplication({
        url: server.url,
        providers: [Work],
        dataSource: dataSource(),
        options: { runner: { listen, leaseDuration: 1_000, pollInterval: 100 } },
        logger,
      });
      try {
        const stored = [
          await test.queue.withDelay(Work).run(),
          await test.queue.withDelay(Work, { identityKey: 'one' }).run(),
          await test.queue.withDelay(Work).transactional(),
        ];
        for (const job of stored)
          await expect(test.queue.finished(job, { timeout: '20 s' })).resolves.toBe('ran');
        // Its sign of life is renewed as well.
        const [node] = await test.dataSource.query(
          `SELECT id, coalesce(lease_until, date_seen) AS sign FROM queue_job_node WHERE alive ORDER BY id DESC LIMIT 1`,
        );
        await eventually(async () => {
          const [later] = await test.dataSource.query(
            'SELECT coalesce(lease_until, date_seen) AS sign FROM queue_job_node WHERE id = $1',
            [node.id],
          );
          expect(later.sign.getTime()).toBeGreaterThan(node.sign.getTime());
        }, 20_000);
        expect(logger.entries.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
      } finally {
        await test.close();
      }
      await onServer(server.url, async (client) => {
        await eventually(async () => {
          const { rows } = await client.query(`SELECT FROM pg_stat_activity WHERE usename = 'plain'`);
          expect(rows).toEqual([]);
        });
      });
    },
  );
});

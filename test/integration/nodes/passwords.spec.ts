import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { ClusterNode } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, expectAllDone, insertJobs } from '../../support/recorder-jobs.js';

/** Whoever issues the passwords gives a new one every few minutes, and the one before is no longer good. */
describe('a password that is good for a short time, from a function', () => {
  let database: TestDatabase;
  let client: Client;
  let folder: string;
  const role = `short_${randomBytes(4).toString('hex')}`;

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'passwords-'));
    await database.asAdmin(`CREATE ROLE ${role} LOGIN IN ROLE ${database.role}`);
    client = await connect(database.url);
  });

  afterAll(async () => {
    await client.end();
    await database.asAdmin(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const passwordFile = (): string => join(folder, 'password');
  const newPassword = async (password: string): Promise<void> => {
    await database.asAdmin(`ALTER ROLE ${role} PASSWORD '${password}'`);
    await writeFile(passwordFile(), password);
  };

  it.each([
    ['a session', true],
    ['a lease, its thread included', false],
  ])(
    'is asked for by each new connection of a node with %s',
    async (_, listen) => {
      await newPassword('first');
      const url = new URL(database.url);
      url.username = role;
      const runner = { listen, leaseDuration: 2_000, pollInterval: 100 };
      const node = await ClusterNode.start(url.href, { runner }, { passwordFile: passwordFile() });
      const { rows: before } = await client.query('SELECT count(*) FROM queue_job_history');
      const done = Number((before[0] as { count: string }).count);

      await newPassword('second');
      await database.asAdmin(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`,
      );
      await insertJobs(client, [{ method: 'work', args: [1] }]);
      await eventually(() => expectAllDone(client, done + 1), 20_000);
      // The node's own sign of life has come back as well: its session, or the connection of the thread.
      const sign = listen ? `query LIKE '%heartbeat%'` : `query LIKE 'UPDATE%SET lease_until%'`;
      await database.asAdmin('SELECT 1');
      await eventually(async () => {
        const { rows } = await client.query<{ alive: boolean; fresh: boolean }>(
          `SELECT n.alive, n.listens OR n.lease_until > clock_timestamp() AS fresh FROM queue_job_node n ORDER BY id DESC LIMIT 1`,
        );
        expect(rows).toEqual([{ alive: true, fresh: true }]);
        await database.asAdmin(
          `DO $$ BEGIN ASSERT EXISTS (SELECT FROM pg_stat_activity WHERE usename = '${role}' AND ${sign}); END $$`,
        );
      }, 20_000);
      await node.close();
    },
    60_000,
  );
});

import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { orphansOf } from './orphans.js';
import { allowTables, onServer } from './role.js';
import { prepareTemplate } from './template.js';

export interface TestDatabase {
  /** A connection string of the role that applications have: not the owner, it may create tables in `public` alone. */
  readonly url: string;
  /** The name of that role. */
  readonly role: string;
  /** Runs statements as a superuser, for what an administrator does. */
  asAdmin(text: string): Promise<void>;
  /**
   * Ends every connection to the database and removes it.
   *
   * @throws if a job is at a node that would never end it, see `orphansOf`; `orphans: true` for tests that make some
   */
  drop(options?: { readonly orphans?: boolean }): Promise<void>;
}

/**
 * A migrated database that nobody else uses, or an empty one. One for each test file is quick enough: it is a copy of a
 * template.
 */
export async function createTestDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const name = nameOf(randomBytes(6).toString('hex'));
  const url = urlOf(name, 'TEST_SERVER_URL');
  const adminUrl = urlOf(name, 'TEST_ADMIN_URL');
  await onServer(serverUrl('TEST_ADMIN_URL'), async (client) => {
    if (!empty) await ensureTemplate(client);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${empty ? 'template0' : templateName()}`);
  });
  if (empty) await allowTables(adminUrl, url);
  return {
    url,
    role: new URL(url).username,
    asAdmin: (text) => onServer(adminUrl, async (client) => void (await client.query(text))),
    drop: async ({ orphans = false } = {}) => {
      const found = orphans ? [] : await onServer(adminUrl, orphansOf).catch(() => []);
      await onServer(serverUrl('TEST_ADMIN_URL'), (client) => dropDatabase(client, name));
      if (found.length > 0)
        throw new Error(`Jobs are at nodes that would never end them: ${JSON.stringify(found)}`);
    },
  };
}

/** Here and not in the global setup, because only here the library's source can be imported. */
async function ensureTemplate(client: Client): Promise<void> {
  const name = templateName();
  // The first test file makes it, those beside it wait. The lock ends with this connection.
  await client.query('SELECT pg_advisory_lock(hashtext($1))', [name]);
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount === 0) {
    await client.query(`CREATE DATABASE ${name}`);
    try {
      await allowTables(urlOf(name, 'TEST_ADMIN_URL'), urlOf(name, 'TEST_SERVER_URL'));
      await prepareTemplate(urlOf(name, 'TEST_SERVER_URL'));
    } catch (error) {
      await dropDatabase(client, name);
      throw error;
    }
  }
  await client.query('SELECT pg_advisory_unlock(hashtext($1))', [name]);
}

const dropDatabase = async (client: Client, name: string): Promise<void> => {
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
};

/** Names hold the run, so that two runs can share a server. The global teardown looks for them. */
const nameOf = (end: string): string => `queue_job_test_${process.env['TEST_RUN']}_${end}`;
const templateName = (): string => nameOf('template');

type Login = 'TEST_SERVER_URL' | 'TEST_ADMIN_URL';

function serverUrl(login: Login): string {
  const url = process.env[login];
  if (url === undefined) {
    throw new Error('No test server: tests that need a database belong into test/integration or test/e2e.');
  }
  return url;
}

function urlOf(database: string, login: Login): string {
  const url = new URL(serverUrl(login));
  url.pathname = database;
  return url.href;
}

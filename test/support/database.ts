import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { prepareTemplate } from './template.js';

export interface TestDatabase {
  /** A connection string of its owner. */
  readonly url: string;
  /** Ends every connection to the database and removes it. */
  drop(): Promise<void>;
}

/**
 * A migrated database that nobody else uses, or an empty one. One for each test file is quick enough: it is a copy of a
 * template.
 */
export async function createTestDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const name = nameOf(randomBytes(6).toString('hex'));
  await onServer(async (client) => {
    if (!empty) await ensureTemplate(client);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${empty ? 'template0' : templateName()}`);
  });
  return { url: urlOf(name), drop: () => onServer((client) => dropDatabase(client, name)) };
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
      await prepareTemplate(urlOf(name));
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

function serverUrl(): string {
  const url = process.env['TEST_SERVER_URL'];
  if (url === undefined) {
    throw new Error('No test server: tests that need a database belong into test/integration or test/e2e.');
  }
  return url;
}

function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = database;
  return url.href;
}

async function onServer<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

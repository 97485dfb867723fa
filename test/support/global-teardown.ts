import { Client } from 'pg';

/** Stops our own server, or leaves none of this run's databases on the one that was lent. */
export default async function teardown(): Promise<void> {
  if (globalThis.testPostgres) {
    await globalThis.testPostgres.stop();
    return;
  }
  const client = new Client({ connectionString: process.env['TEST_SERVER_URL'] });
  await client.connect();
  const prefix = `queue_job_test_${process.env['TEST_RUN']}_`;
  const { rows } = await client.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
    [prefix],
  );
  for (const { datname } of rows) {
    await client.query(`DROP DATABASE ${client.escapeIdentifier(datname)} WITH (FORCE)`);
  }
  await client.end();
}

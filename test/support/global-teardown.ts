import { Client } from 'pg';
// `.ts`, because Jest loads its global teardown without the module mapping that the tests have.
import { dropRole } from './role.ts';

/** Stops our own server, or leaves none of this run's databases on the one that was lent. */
export default async function teardown(): Promise<void> {
  if (globalThis.testPostgres) {
    await globalThis.testPostgres.stop();
    return;
  }
  const admin = process.env['TEST_ADMIN_URL'] as string;
  const client = new Client({ connectionString: admin });
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
  await dropRole(admin, `queue_job_test_${process.env['TEST_RUN']}`);
}

import { randomBytes } from 'node:crypto';
// `.ts`, because Jest loads its global setup without the module mapping that the tests have.
import { EmbeddedPostgres } from '../../sample/src/embedded-postgres.ts';
import { createRole } from './role.ts';

declare global {
  // What Jest's global teardown can see of its global setup.
  var testPostgres: EmbeddedPostgres | undefined;
}

/**
 * One server for the whole run: the one that DATABASE_URL names (as a superuser), or one of our own. The tests work on it
 * as a role that may do no more than an application's.
 */
export default async function setup(): Promise<void> {
  process.env['TEST_RUN'] = randomBytes(4).toString('hex');
  let url = process.env['DATABASE_URL'];
  if (!url) {
    globalThis.testPostgres = await EmbeddedPostgres.start({
      settings: { max_connections: '300', shared_preload_libraries: 'pg_stat_statements' },
    });
    url = globalThis.testPostgres.url;
  }
  process.env['TEST_ADMIN_URL'] = url;
  process.env['TEST_SERVER_URL'] = await createRole(url, `queue_job_test_${process.env['TEST_RUN']}`);
}

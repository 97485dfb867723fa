import { DataSource } from 'typeorm';
import { QUEUE_JOB_MIGRATIONS } from '../../lib/migrations.js';
import { connectionFields } from './connection-fields.js';

/** What every test database starts from. */
export async function prepareTemplate(url: string): Promise<void> {
  const dataSource = await new DataSource({
    ...connectionFields(url),
    migrations: QUEUE_JOB_MIGRATIONS,
  }).initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}

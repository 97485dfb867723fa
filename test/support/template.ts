import { DataSource } from 'typeorm';
import { QUEUE_JOB_MIGRATIONS } from '../../lib/migrations.js';

/** What every test database starts from. */
export async function prepareTemplate(url: string): Promise<void> {
  const dataSource = await new DataSource({
    type: 'postgres',
    url,
    migrations: QUEUE_JOB_MIGRATIONS,
  }).initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}

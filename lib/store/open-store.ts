import type { DataSource } from 'typeorm';
import { QUEUE_JOB_ENTITIES } from './entities/entities.js';
import { hasOtherDefault } from './connection/isolation.js';
import { tablesOf } from './schema/v1/tables-of.js';
import { checkDriver, checkSchema, checkServer, migrate } from './schema/check-schema.js';
import { explainRefusal } from './schema/privileges.js';
import { Store } from './store.js';

/** Checks the data source and the tables, brings these up to date where that is wanted, and opens the store. */
export async function openStore(
  dataSource: DataSource,
  name: string,
  options: { readonly schema: string | undefined; readonly migrate: boolean },
): Promise<Store> {
  checkDriver(dataSource, name);
  await checkServer(dataSource, name);
  const tables = await tablesOf(dataSource, options.schema);
  await explainRefusal(dataSource, name, tables, async () => {
    if (options.migrate) await migrate(dataSource, tables);
    await checkSchema(dataSource, name, tables);
  });
  if (options.schema !== undefined) moveEntities(dataSource, options.schema);
  return new Store(dataSource, tables, await hasOtherDefault(dataSource));
}

/** Repositories of our entities look into the schema of the module's option. */
function moveEntities(dataSource: DataSource, schema: string): void {
  for (const entity of QUEUE_JOB_ENTITIES) {
    if (!dataSource.hasMetadata(entity)) continue;
    const metadata = dataSource.getMetadata(entity);
    metadata.schema = schema;
    metadata.tablePath = dataSource.driver.buildTableName(metadata.tableName, schema, metadata.database);
  }
}

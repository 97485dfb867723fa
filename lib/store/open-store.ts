import type { DataSource } from 'typeorm';
import { hasOtherDefault } from './connection/isolation.js';
import { tablesOf } from './schema/v1/tables-of.js';
import { checkDriver, checkSchema, checkServer, migrate } from './schema/check-schema.js';
import { explainRefusal } from './schema/privileges.js';
import { placeEntities } from './place-entities.js';
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
  placeEntities(dataSource, tables);
  return new Store(dataSource, tables, await hasOtherDefault(dataSource));
}

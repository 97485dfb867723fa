import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { openly, type Quietly } from '../common/quietly.js';
import { sessionDefaultsOf } from './connection/session-defaults.js';
import { tablesOf } from './connection/tables-of.js';
import { checkDriver, checkSchema, checkServer, migrate } from './schema/check-schema.js';
import { explainRefusal } from './schema/privileges.js';
import { placeEntities } from './place-entities.js';
import { Store } from './store.js';

const OTHER_DATES =
  "the DateStyle of its role or database is not ISO, the only one that pg reads. The queue reads its dates, but entities that TypeORM reads, QueueJob among them, have none. To fix it, run ALTER ROLE … SET datestyle = ISO, or add extra: { options: '-c datestyle=ISO' } to the data source.";

interface OpenStoreOptions {
  readonly schema: string | undefined;
  readonly migrate: boolean;
  /** See {@link Store}. */
  readonly listens?: boolean;
}

/** Checks the data source and the tables, brings these up to date where that is wanted, and opens the store. */
export async function openStore(
  dataSource: DataSource,
  name: string,
  options: OpenStoreOptions,
  quietly: Quietly = openly,
): Promise<Store> {
  return quietly(async () => open(dataSource, name, options, quietly));
}

async function open(
  dataSource: DataSource,
  name: string,
  options: OpenStoreOptions,
  quietly: Quietly,
): Promise<Store> {
  checkDriver(dataSource, name);
  await checkServer(dataSource, name);
  const tables = await tablesOf(dataSource, options.schema);
  await explainRefusal(dataSource, name, tables, async () => {
    if (options.migrate) await migrate(dataSource, tables);
    await checkSchema(dataSource, name, tables);
  });
  placeEntities(dataSource, tables);
  const defaults = await sessionDefaultsOf(dataSource);
  if (defaults.otherDates) {
    new Logger('QueueJob').warn(`Data source '${name}': ${OTHER_DATES}`);
  }
  return new Store(dataSource, tables, defaults, quietly, options.listens);
}

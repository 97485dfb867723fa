import type { DataSource, QueryRunner } from 'typeorm';
import { SchemaVersionError } from '../../errors/schema-version.error.js';
import { UnsupportedDatabaseError } from '../../errors/unsupported-database.error.js';
import { QUEUE_JOB_MIGRATIONS } from './migrations.js';
import type { Tables } from '../connection/tables.js';

/** The version of the tables that this version of the library makes. */
export const SCHEMA_VERSION = QUEUE_JOB_MIGRATIONS.length;

const OLDEST_SERVER = 150_000;

/** Throws where the data source is not PostgreSQL. */
export function checkDriver(dataSource: DataSource, name: string): void {
  const { type } = dataSource.options;
  if (type !== 'postgres') {
    throw new UnsupportedDatabaseError(
      `nestjs-queue-job needs a data source of type 'postgres', but '${name}' is of type '${type}'. Name another one with the option dataSource.`,
    );
  }
}

/** Throws where the server is older than 15. */
export async function checkServer(dataSource: DataSource, name: string): Promise<void> {
  const [row] = (await dataSource.query(`SELECT current_setting('server_version_num')::int AS version`)) as {
    version: number;
  }[];
  const version = Number(row?.version);
  if (!(version >= OLDEST_SERVER)) {
    throw new UnsupportedDatabaseError(
      `nestjs-queue-job needs PostgreSQL 15 or newer; the server of data source '${name}' is ${Math.floor(version / 10_000)}.`,
    );
  }
}

/**
 * Brings the tables up to date, in one transaction. Two nodes that start at once do it one after the other: the second
 * finds nothing left to do.
 */
export async function migrate(dataSource: DataSource, tables: Tables): Promise<void> {
  await dataSource.transaction(async (manager) => {
    const runner = manager.queryRunner;
    if (runner === undefined) throw new Error('A transaction has a query runner');
    // Limits that the role has for the application's statements would stop a large index, or the wait for another node.
    await runner.query(
      `SELECT set_config(name, '0', true) FROM unnest(ARRAY['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) AS name`,
    );
    await runner.query('SELECT pg_advisory_xact_lock($1, $2)', [tables.lockClass, -1]);
    const { version } = await readVersion(runner, tables);
    for (const Migration of QUEUE_JOB_MIGRATIONS.slice(version))
      await new Migration(tables.schema).up(runner);
  });
}

/** Throws where the tables are too old or too new to work with, and says what to run. */
export async function checkSchema(dataSource: DataSource, name: string, tables: Tables): Promise<void> {
  const { version, compatible } = await readVersion(dataSource, tables);
  if (version < SCHEMA_VERSION) {
    throw new SchemaVersionError(
      `The tables of nestjs-queue-job in schema "${tables.schema}" have version ${version}, but ${SCHEMA_VERSION} is needed. Set the option migrate to true, or add QUEUE_JOB_MIGRATIONS to the migrations of data source '${name}' and run them.`,
    );
  }
  if (compatible > SCHEMA_VERSION) {
    throw new SchemaVersionError(
      `The tables of nestjs-queue-job in schema "${tables.schema}" have version ${version}, which this version of the library (up to ${SCHEMA_VERSION}) can not work with. Update nestjs-queue-job.`,
    );
  }
}

async function readVersion(
  source: DataSource | QueryRunner,
  tables: Tables,
): Promise<{ version: number; compatible: number }> {
  const [found] = (await source.query('SELECT to_regclass($1) IS NOT NULL AS found', [tables.meta])) as {
    found: boolean;
  }[];
  if (found?.found !== true) return { version: 0, compatible: 0 };
  const [row] = (await source.query(`SELECT schema_version, compatible_version FROM ${tables.meta}`)) as {
    schema_version: number;
    compatible_version: number;
  }[];
  return { version: row?.schema_version ?? 0, compatible: row?.compatible_version ?? 0 };
}

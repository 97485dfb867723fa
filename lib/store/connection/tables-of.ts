import type { DataSource, QueryRunner } from 'typeorm';
import { Tables } from './tables.js';

/** Where the tables of a data source are: its own schema and prefix, unless the module option `schema` says otherwise. */
export async function tablesOf(source: QueryRunner | DataSource, schema?: string): Promise<Tables> {
  const options = ('options' in source ? source : source.connection).options;
  const own = schema ?? ('schema' in options ? options.schema : undefined);
  const name = own ?? (await currentSchema(source));
  return new Tables(name, options.entityPrefix ?? '');
}

async function currentSchema(source: QueryRunner | DataSource): Promise<string> {
  const [row] = (await source.query('SELECT current_schema() AS name')) as { name: string | null }[];
  return row?.name ?? 'public';
}

import type { QueryRunner } from 'typeorm';
import type { Tables } from '../../connection/tables.js';

/**
 * Makes the schema where it is missing. PostgreSQL asks for the right to create one even where `IF NOT EXISTS` has
 * nothing to do, and most roles of applications don't have it.
 */
export async function ensureSchema(queryRunner: QueryRunner, tables: Tables): Promise<void> {
  const [row] = (await queryRunner.query('SELECT to_regnamespace($1) IS NULL AS missing', [
    tables.quotedSchema,
  ])) as { missing: boolean }[];
  if (row?.missing === true) await queryRunner.query(`CREATE SCHEMA IF NOT EXISTS ${tables.quotedSchema}`);
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { revokeEnqueue } from './functions/enqueue.js';
import { functions } from './functions/functions.js';
import { createTables } from './create-tables.js';
import { ensureSchema } from './ensure-schema.js';
import { tablesOf } from '../../connection/tables-of.js';

/** The first version of the tables. */
export class QueueJob1764000000000 implements MigrationInterface {
  readonly name = 'QueueJob1764000000000';

  /** @param schema - where the tables belong; the schema of the data source where it is left out */
  constructor(private readonly schema?: string) {}

  async up(queryRunner: QueryRunner): Promise<void> {
    const tables = await tablesOf(queryRunner, this.schema);
    await ensureSchema(queryRunner, tables);
    for (const statement of [...createTables(tables), ...functions(tables), revokeEnqueue(tables)])
      await queryRunner.query(statement);
    await queryRunner.query(
      `UPDATE ${tables.meta} SET schema_version = greatest(schema_version, 1), compatible_version = greatest(compatible_version, 1)`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const t = await tablesOf(queryRunner, this.schema);
    const live = [
      t.job,
      t.claim,
      t.permit,
      t.start,
      t.node,
      t.dependency,
      t.channel,
      t.jobFunction,
      t.schedule,
      t.batch,
      t.batchCallback,
      t.followUp,
      t.key,
    ];
    await queryRunner.query(
      `DROP TABLE ${[...live, t.history, t.attempt, t.log, t.meta, t.audit, t.mute, t.rollup].join(', ')}`,
    );
    for (const statement of functions(t)) {
      const name = /FUNCTION ("(?:[^"]|"")*"\."(?:[^"]|"")*")/.exec(statement)?.[1];
      await queryRunner.query(`DROP FUNCTION IF EXISTS ${name}`);
    }
  }
}

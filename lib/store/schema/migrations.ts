import type { MigrationInterface } from 'typeorm';
import { checkSchemaName } from '../../common/module-option-checks.js';
import { QueueJob1764000000000 } from './v1/1764000000000-queue-job.migration.js';

/**
 * The TypeORM migrations of this library, for an application that runs its migrations itself (`migrate: false`). They
 * work in the schema of the data source; {@link queueJobMigrations} is for another one.
 *
 * @example
 * ```ts
 * new DataSource({ type: 'postgres', migrations: [...QUEUE_JOB_MIGRATIONS, ...mine] })
 * ```
 */
export const QUEUE_JOB_MIGRATIONS = [QueueJob1764000000000];

/**
 * The same migrations for the module option `schema`.
 *
 * @throws InvalidModuleOptionError where it is no name of a schema
 * @example
 * ```ts
 * new DataSource({ type: 'postgres', migrations: [...queueJobMigrations({ schema: 'jobs' }), ...mine] })
 * ```
 */
export function queueJobMigrations(options: { schema: string }): (new () => MigrationInterface)[] {
  const schema = checkSchemaName((options as Partial<typeof options> | undefined)?.schema as string);
  return QUEUE_JOB_MIGRATIONS.map(
    (Migration) =>
      class extends Migration {
        constructor() {
          super(schema);
        }
      },
  );
}

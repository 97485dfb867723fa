/** The migrations alone, for the configuration of a data source that should load nothing else. */
export { QUEUE_JOB_MIGRATIONS, queueJobMigrations } from './store/schema/migrations.js';

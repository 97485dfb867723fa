/** The columns of a job that stay when it ends: those that the live and the finished table share. */
export const LASTING_COLUMNS = [
  'uuid',
  'seq',
  'state',
  'name',
  'channel',
  'priority',
  'retry',
  'max_retries',
  'node',
  'args',
  'result',
  'description',
  'identity_key',
  'identity_until_done',
  'tags',
  'eta',
  'start_before',
  'on_parent_failed',
  'user_id',
  'context',
  'trace',
  'graph_uuid',
  'batch_uuid',
  'schedule',
  'scheduled_at',
  'tick',
  'has_children',
  'date_created',
  'date_enqueued',
  'date_started',
  'date_done',
  'exec_time',
  'exc_name',
  'exc_message',
  'exc_info',
  'exc_fingerprint',
  'progress',
  'progress_total',
  'failure_of',
] as const;

export type LastingColumn = (typeof LASTING_COLUMNS)[number];

/**
 * The select list that moves a row between the two tables: each column by name from `source`, but for those given
 * in `changed`, an SQL expression each.
 */
export function columnList(source: string, changed: Partial<Record<LastingColumn, string>> = {}): string {
  return LASTING_COLUMNS.map((column) => changed[column] ?? `${source}.${column}`).join(', ');
}

/** What jobs that differ in their arguments alone share, in the order in which `queue_job_insert_claimed_1` takes it. */
export const UNIFORM_COLUMNS = [
  { column: 'name', type: 'text' },
  { column: 'channel', type: 'text' },
  { column: 'priority', type: 'integer' },
  { column: 'max_retries', type: 'integer' },
  { column: 'identity_until_done', type: 'boolean' },
  { column: 'tags', type: 'jsonb' },
  { column: 'user_id', type: 'text' },
  { column: 'context', type: 'json' },
  { column: 'trace', type: 'text' },
  { column: 'graph_uuid', type: 'uuid' },
  { column: 'batch_uuid', type: 'uuid' },
  { column: 'has_children', type: 'boolean' },
] as const;

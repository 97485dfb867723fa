import type { NewJob } from './new-job.js';

interface AlikeColumn {
  readonly property: keyof NewJob;
  readonly column: string;
  readonly type: string;
}

/** What jobs share that differ in their arguments alone. */
export const UNIFORM_COLUMNS = [
  { property: 'name', column: 'name', type: 'text' },
  { property: 'channel', column: 'channel', type: 'text' },
  { property: 'priority', column: 'priority', type: 'integer' },
  { property: 'maxRetries', column: 'max_retries', type: 'integer' },
  { property: 'identityUntilDone', column: 'identity_until_done', type: 'boolean' },
  { property: 'userId', column: 'user_id', type: 'text' },
  { property: 'context', column: 'context', type: 'json' },
  { property: 'graphUuid', column: 'graph_uuid', type: 'uuid' },
  { property: 'hasChildren', column: 'has_children', type: 'boolean' },
  { property: 'batchUuid', column: 'batch_uuid', type: 'uuid' },
] as const satisfies readonly AlikeColumn[];

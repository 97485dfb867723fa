/** How a call gives a column its value. */
type AtCall =
  /** A call for many jobs of one method gives all of them one value. */
  | 'shared'
  /** Each job has its own value. */
  | 'own'
  /** Only some calls give it; they take the general INSERT. */
  | 'special'
  /** The database, or the life of the job, sets it. */
  | 'never';

interface JobColumn {
  /** The property of the entity `QueueJob`. */
  readonly property: string;
  readonly column: string;
  /** The type in PostgreSQL. */
  readonly type: string;
  /** The column stays when the job ends. */
  readonly history: boolean;
  /** A claim returns it to the node that runs the job. */
  readonly claim: boolean;
  readonly call: AtCall;
}

/**
 * The columns of a job that people see. From this table follow the lists of columns that the store reads and writes, the
 * entities that are made of rows, and what the tests compare the entities and the newest schema with. How to add a
 * column: CONTRIBUTING.md.
 */
// prettier-ignore
export const JOB_COLUMNS = [
  { property: 'uuid', column: 'uuid', type: 'uuid', history: true, claim: true, call: 'own' },
  { property: 'seq', column: 'seq', type: 'bigint', history: true, claim: true, call: 'never' },
  { property: 'state', column: 'state', type: 'text', history: true, claim: false, call: 'never' },
  { property: 'name', column: 'name', type: 'text', history: true, claim: true, call: 'shared' },
  { property: 'channel', column: 'channel', type: 'text', history: true, claim: true, call: 'shared' },
  { property: 'priority', column: 'priority', type: 'integer', history: true, claim: true, call: 'shared' },
  { property: 'retry', column: 'retry', type: 'integer', history: true, claim: true, call: 'never' },
  { property: 'maxRetries', column: 'max_retries', type: 'integer', history: true, claim: true, call: 'shared' },
  { property: 'node', column: 'node', type: 'integer', history: true, claim: false, call: 'never' },
  { property: 'args', column: 'args', type: 'json', history: true, claim: true, call: 'own' },
  { property: 'result', column: 'result', type: 'json', history: true, claim: false, call: 'never' },
  { property: 'description', column: 'description', type: 'text', history: true, claim: true, call: 'own' },
  { property: 'identityKey', column: 'identity_key', type: 'text', history: true, claim: true, call: 'special' },
  { property: 'identityUntilDone', column: 'identity_until_done', type: 'boolean', history: true, claim: true, call: 'shared' },
  { property: 'tags', column: 'tags', type: 'jsonb', history: true, claim: true, call: 'shared' },
  { property: 'eta', column: 'eta', type: 'timestamptz', history: true, claim: true, call: 'special' },
  { property: 'startBefore', column: 'start_before', type: 'timestamptz', history: true, claim: true, call: 'special' },
  { property: 'onParentFailed', column: 'on_parent_failed', type: 'text', history: true, claim: false, call: 'special' },
  { property: 'userId', column: 'user_id', type: 'text', history: true, claim: true, call: 'shared' },
  { property: 'context', column: 'context', type: 'json', history: true, claim: true, call: 'shared' },
  { property: 'trace', column: 'trace', type: 'text', history: true, claim: true, call: 'shared' },
  { property: 'graphUuid', column: 'graph_uuid', type: 'uuid', history: true, claim: true, call: 'shared' },
  { property: 'batchUuid', column: 'batch_uuid', type: 'uuid', history: true, claim: true, call: 'shared' },
  { property: 'schedule', column: 'schedule', type: 'text', history: true, claim: false, call: 'never' },
  { property: 'scheduledAt', column: 'scheduled_at', type: 'timestamptz', history: true, claim: false, call: 'never' },
  { property: 'tick', column: 'tick', type: 'json', history: true, claim: true, call: 'never' },
  { property: 'hasChildren', column: 'has_children', type: 'boolean', history: true, claim: true, call: 'shared' },
  { property: 'dateCreated', column: 'date_created', type: 'timestamptz', history: true, claim: true, call: 'never' },
  { property: 'dateEnqueued', column: 'date_enqueued', type: 'timestamptz', history: true, claim: false, call: 'never' },
  { property: 'dateStarted', column: 'date_started', type: 'timestamptz', history: true, claim: false, call: 'never' },
  { property: 'dateDone', column: 'date_done', type: 'timestamptz', history: true, claim: false, call: 'never' },
  { property: 'execTime', column: 'exec_time', type: 'double precision', history: true, claim: false, call: 'never' },
  { property: 'excName', column: 'exc_name', type: 'text', history: true, claim: false, call: 'never' },
  { property: 'excMessage', column: 'exc_message', type: 'text', history: true, claim: false, call: 'never' },
  { property: 'excInfo', column: 'exc_info', type: 'text', history: true, claim: false, call: 'never' },
  { property: 'excFingerprint', column: 'exc_fingerprint', type: 'text', history: true, claim: false, call: 'never' },
  { property: 'progress', column: 'progress', type: 'double precision', history: true, claim: false, call: 'never' },
  { property: 'progressTotal', column: 'progress_total', type: 'double precision', history: true, claim: false, call: 'never' },
  { property: 'failureOf', column: 'failure_of', type: 'uuid', history: true, claim: false, call: 'never' },
  { property: 'cancelBy', column: 'cancel_by', type: 'text', history: false, claim: false, call: 'never' },
] as const satisfies readonly JobColumn[];

type Column = (typeof JOB_COLUMNS)[number];
export type JobProperty = Column['property'];
export type LastingColumn = Extract<Column, { history: true }>['column'];
type ClaimedColumn = Extract<Column, { claim: true }>['column'];
type SharedColumn = Extract<Column, { call: 'shared' }>;

/** The columns that the live and the history table share. */
export const LASTING_COLUMNS = JOB_COLUMNS.filter(({ history }) => history).map(
  ({ column }) => column,
) as readonly LastingColumn[];

/** What a claim returns of each job, in this order; `deaths` is for the node alone, people do not see it. */
export const CLAIMED_COLUMNS: readonly (ClaimedColumn | 'deaths')[] = [
  ...(JOB_COLUMNS.filter(({ claim }) => claim).map(({ column }) => column) as readonly ClaimedColumn[]),
  'deaths',
];

/** What jobs that differ in their arguments alone share, in this order. */
export const UNIFORM_COLUMNS = JOB_COLUMNS.filter(({ call }) => call === 'shared') as readonly SharedColumn[];

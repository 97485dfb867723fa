/** What a claim answers of each job, in this order, after `info` and `hand`. */
export const CLAIMED_COLUMNS = [
  'uuid',
  'seq',
  'name',
  'channel',
  'priority',
  'retry',
  'max_retries',
  'args',
  'description',
  'identity_key',
  'identity_until_done',
  'tags',
  'eta',
  'start_before',
  'user_id',
  'context',
  'trace',
  'graph_uuid',
  'batch_uuid',
  'tick',
  'has_children',
  'date_created',
  'deaths',
] as const;

/** The same with their types. */
export const CLAIMED_TYPES =
  'uuid uuid, seq bigint, name text, channel text, priority integer, retry integer, max_retries integer, args json, description text, identity_key text, identity_until_done boolean, tags jsonb, eta timestamptz, start_before timestamptz, user_id text, context json, trace text, graph_uuid uuid, batch_uuid uuid, tick json, has_children boolean, date_created timestamptz, deaths integer';

/** The columns of a row that carries only `info`. */
export const nulls = (): string =>
  `NULL::boolean, ${CLAIMED_TYPES.split(', ')
    .map((column) => `NULL::${column.split(' ')[1]}`)
    .join(', ')}`;

/**
 * Jobs that have become ready, as one process notifies the others of them. Which nodes come for them follows from this and
 * from the nodes that live: see `runner/claiming/roster.ts`.
 */
export interface ReadyJobs {
  readonly count: number;
  /** Decides, with the numbers of the nodes, who comes: the same for everybody. Set when it is sent. */
  readonly lot?: number;
  /** The last of them, which shows whether they still wait; undefined: only a claim can show that. */
  readonly uuid?: string;
  /** Their job function and channel; both undefined: of any kind. */
  readonly name?: string;
  readonly channel?: string;
  /** A node that has room for them and comes before all others. */
  readonly first?: number;
  /** Nodes that have no room for them. */
  readonly passed?: readonly number[];
  /** Channels whose permits have come back: only starved nodes come. */
  readonly freed?: readonly string[];
}

/** Entries of a notification at most; more of them become one, of any kind. */
const MAX_ENTRIES = 8;

/** What to notify the runners of when these jobs are ready. */
export function readyJobsOf(
  jobs: readonly { readonly uuid: string; readonly name: string; readonly channel: string }[],
): readonly ReadyJobs[] {
  const entries = jobs.map(({ uuid, name, channel }): ReadyJobs => ({ count: 1, uuid, name, channel }));
  return mergeReadyJobs([], entries);
}

/** Both lists in one: those of one kind, for which the same nodes come, are one entry. */
export function mergeReadyJobs(
  before: readonly ReadyJobs[],
  more: readonly ReadyJobs[],
): readonly ReadyJobs[] {
  const merged = new Map<string, ReadyJobs>();
  for (const jobs of [...before, ...more]) {
    const { count, lot, name, channel, first, passed, freed } = jobs;
    const key = JSON.stringify([lot, name, channel, first, passed, freed]);
    merged.set(key, { ...jobs, count: count + (merged.get(key)?.count ?? 0) });
  }
  const entries = [...merged.values()];
  if (entries.length <= MAX_ENTRIES) return entries;
  const { lot } = entries.at(-1) as ReadyJobs;
  const count = entries.reduce((sum, one) => sum + one.count, 0);
  return [{ count, ...(lot !== undefined && { lot }) }];
}

/** Every role of the database can send a notification: undefined if it is not what a process sends. */
export function parseReadyJobs(given: unknown): readonly ReadyJobs[] | undefined {
  if (!Array.isArray(given) || given.length > MAX_ENTRIES || !given.every(isReadyJobs)) return undefined;
  return given;
}

const TYPES: Readonly<Record<keyof ReadyJobs, (value: unknown) => boolean>> = {
  count: (value) => Number.isSafeInteger(value) && Number(value) > 0,
  lot: Number.isSafeInteger,
  // As PostgreSQL takes it: others look by it.
  uuid: (value) => typeof value === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value),
  name: (value) => typeof value === 'string',
  channel: (value) => typeof value === 'string',
  first: Number.isSafeInteger,
  passed: (value) => Array.isArray(value) && value.every(Number.isSafeInteger),
  freed: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
};

function isReadyJobs(given: unknown): given is ReadyJobs {
  if (typeof given !== 'object' || given === null) return false;
  const entries = Object.entries(given);
  const known = entries.every(
    ([key, value]) => Object.hasOwn(TYPES, key) && TYPES[key as keyof ReadyJobs](value),
  );
  return known && Object.hasOwn(given, 'count');
}

import { getMetadataArgsStorage } from 'typeorm';
import { storedJob, type JobDraft } from '../../../lib/enqueue/job-draft.js';
import {
  CLAIMED_COLUMNS,
  JOB_COLUMNS,
  LASTING_COLUMNS,
  UNIFORM_COLUMNS,
} from '../../../lib/job/job-columns.js';
import { toClaimedJob } from '../../../lib/store/claims/claimed-job.js';
import { JobRecord } from '../../../lib/store/entities/job-record.js';
import { QueueJobHistory } from '../../../lib/store/entities/queue-job-history.entity.js';
import { QueueJob } from '../../../lib/store/entities/queue-job.entity.js';
import { hydrateClaimed, hydrateRow } from '../../../lib/store/jobs/hydrate.js';
import type { JobRow } from '../../../lib/store/jobs/job-store.js';
import { CLAIMED_COLUMNS as CLAIMED_BY_SCHEMA } from '../../../lib/store/schema/v1/functions/claimed-columns.js';
import { LASTING_COLUMNS as LASTING_IN_SCHEMA } from '../../../lib/store/schema/v1/job-columns.js';
import { UNIFORM_COLUMNS as UNIFORM_IN_SCHEMA } from '../../../lib/store/schema/v1/uniform-columns.js';

/** Columns of the live table that serve the machinery alone. */
const INTERNAL = ['deaths', 'phase', 'identity_lock'];

const declared = (...entities: unknown[]) =>
  getMetadataArgsStorage()
    .columns.filter(({ target }) => entities.includes(target))
    .map(({ propertyName, options }) => ({
      property: propertyName,
      column: options.name,
      type: options.type,
    }));

const SOME_DATE = new Date('2100-01-01T00:00:00Z');

/** A JSON text where the codec reads one. */
const valueOf = (column: string): unknown => {
  if (column === 'tick') return null;
  return column === 'start_before' ? SOME_DATE : `value of ${column}`;
};
const rowOf = (): JobRow =>
  Object.fromEntries(JOB_COLUMNS.map(({ column }) => [column, valueOf(column)])) as JobRow;

describe('the table of the columns of a job', () => {
  it('has the columns of the live entity, with their types', () => {
    const entity = declared(QueueJob, JobRecord).filter(({ column }) => !INTERNAL.includes(column as string));
    const table = JOB_COLUMNS.map(({ property, column, type }) => ({ property, column, type }));
    expect(entity).toEqual(expect.arrayContaining(table));
    expect(entity.length).toBe(table.length);
  });

  it('has the columns of the history entity', () => {
    const entity = declared(QueueJobHistory, JobRecord).map(({ column }) => column);
    expect(new Set(entity)).toEqual(new Set(LASTING_COLUMNS));
  });

  it('has the columns of the newest schema and of its functions', () => {
    expect(LASTING_COLUMNS).toEqual(LASTING_IN_SCHEMA);
    expect(CLAIMED_COLUMNS).toEqual(CLAIMED_BY_SCHEMA);
    expect(UNIFORM_COLUMNS.map(({ column, type }) => ({ column, type }))).toEqual(UNIFORM_IN_SCHEMA);
  });

  it('tells what a row becomes', () => {
    const job = hydrateRow(rowOf(), { args: ['a'], result: 'r', context: 'c' });
    for (const { property, column } of JOB_COLUMNS) {
      const read = { args: ['a'], result: 'r', context: 'c' } as Readonly<Record<string, unknown>>;
      expect([property, job[property]]).toEqual([property, read[property] ?? valueOf(column)]);
    }
  });

  it('tells what a claimed row becomes, column by column', () => {
    const enqueued = new Date();
    const row = [null, true, ...CLAIMED_COLUMNS.map(valueOf)];
    const job = toClaimedJob(row, { claim: 7, dateEnqueued: enqueued, receivedAt: 1, sentAt: 0 });
    for (const { property, column, claim } of JOB_COLUMNS)
      if (claim) expect([property, job[property]]).toEqual([property, valueOf(column)]);
    expect(job).toMatchObject({
      prefetched: true,
      claim: 7,
      receivedAt: 1,
      expiresAt: SOME_DATE.getTime() - enqueued.getTime(),
    });
  });

  it('leaves no property of a job undefined, wherever it comes from', () => {
    const claimed = toClaimedJob([null, false, ...CLAIMED_COLUMNS.map(valueOf)], {
      claim: 7,
      dateEnqueued: new Date(),
      receivedAt: 1,
      sentAt: 0,
    });
    const newJob = {
      ...Object.fromEntries(JOB_COLUMNS.map(({ property, column }) => [property, valueOf(column)])),
      tags: '["a"]',
    };
    const stored = { uuid: 'u', seq: 1, dateCreated: new Date(), eta: null, dueIn: null };
    const jobs = {
      read: hydrateRow(rowOf(), { args: [], result: null, context: null }),
      running: hydrateClaimed(claimed, [], null, 1),
      stored: storedJob({ job: newJob, args: [], context: null } as unknown as JobDraft, stored),
    };
    for (const [from, job] of Object.entries(jobs)) {
      const missing = JOB_COLUMNS.filter(({ property }) => job[property] === undefined);
      expect([from, missing.map(({ property }) => property)]).toEqual([from, []]);
    }
  });
});

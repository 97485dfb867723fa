import type {
  JobDetail,
  JobSummary,
  LogLine,
  StackFrame,
  TimelineEntry,
  ValueNode,
} from '../../../lib/dashboard/api/jobs.api.js';
import { HOSTILE } from './fake-jobs.js';

const text = (v: string): ValueNode => ({ t: 'string', v });

const FRAMES: readonly StackFrame[] = [
  { text: 'at InvoiceService.send (/app/src/invoice/invoice.service.ts:48:31)', own: true },
  { text: 'at Mailer.deliver (/app/src/mail/mailer.ts:112:9)', own: true },
  { text: 'at async Runner.run (/app/node_modules/nestjs-queue-job/dist/runner/runner.js:91:7)', own: false },
  { text: 'at process.processTicksAndRejections (node:internal/process/task_queues:105:5)', own: false },
];

/** Waits, runs, fails and waits again for each try, until it is as it is. */
function timelineOf(job: JobSummary): TimelineEntry[] {
  const end = Date.parse(job.dateDone ?? new Date().toISOString());
  const begin = Date.parse(job.dateCreated);
  const entries: Pick<TimelineEntry, 'state' | 'retry' | 'node'>[] = [];
  for (let retry = 1; retry <= job.retry; retry += 1) {
    entries.push(
      { state: 'pending', retry: retry === 1 ? null : retry - 1, node: null },
      { state: 'enqueued', retry, node: job.node },
      { state: 'started', retry, node: job.node },
    );
  }
  if (job.state !== 'started') {
    entries.push({ state: job.state, retry: job.retry === 0 ? null : job.retry, node: job.node });
  }
  const step = (end - begin) / Math.max(1, entries.length - 1);
  return entries.map((entry, index) => ({
    ...entry,
    date: new Date(begin + step * index).toISOString(),
    seconds: index === entries.length - 1 ? null : step / 1_000,
  }));
}

/** Two lines for each try. */
export function fakeLog(job: JobSummary): LogLine[] {
  return Array.from({ length: job.retry * 2 }, (_, index) => ({
    id: String(index + 1),
    retry: 1 + Math.floor(index / 2),
    date: job.dateStarted ?? job.dateCreated,
    message: index % 2 === 0 ? 'Rendering 3 pages' : HOSTILE[0],
    data:
      index % 2 === 0 ? { t: 'record', type: 'Object', entries: [['pages', { t: 'number', v: '3' }]] } : null,
  }));
}

/** The whole of a job, with a payload of every kind. */
export function fakeDetail(job: JobSummary, all: readonly JobSummary[]): JobDetail {
  const at = all.indexOf(job);
  const related = (from: number) =>
    all
      .slice(from, from + 3)
      .map(({ uuid, name, description, state }) => ({ uuid, name, description, state }));
  const error =
    job.excName === null
      ? null
      : {
          name: job.excName,
          message: job.excMessage ?? '',
          frames: FRAMES,
          causes: [{ name: 'Error', message: 'connect ECONNREFUSED 10.0.4.17:443', frames: FRAMES }],
          cut: false,
        };
  return {
    ...job,
    fullDescription: job.description,
    identityKey: job.state === 'pending' ? `stock:${job.uuid.slice(0, 4)}` : null,
    timeout: 60,
    transactional: false,
    args: [
      { t: 'entity', entity: 'Invoice', id: '4711' },
      {
        t: 'record',
        type: 'Object',
        entries: [
          ['to', text('ada@example.com')],
          ['html', text(HOSTILE[0])],
          ['amount', { t: 'number', v: '129.9' }],
          ['big', { t: 'bigint', v: '9007199254740993' }],
          ['negativeZero', { t: 'number', v: '-0' }],
          ['due', { t: 'typed', type: 'Date', v: '2026-10-01T00:00:00.000Z' }],
          ['tags', { t: 'list', type: 'Set', items: [text('a'), text('b')] }],
          ['card', { t: 'redacted' }],
          [
            'lines',
            {
              t: 'list',
              type: 'Array',
              items: [{ t: 'null' }, { t: 'undefined' }, { t: 'boolean', v: true }],
              cut: 1_200,
            },
          ],
          ['notes', { t: 'string', v: 'Long ago '.repeat(40), cut: 1_000_000 }],
          ['broken', { t: 'damaged', v: 'No codec is registered for "Money".' }],
        ],
      },
    ],
    result:
      job.state === 'done'
        ? { t: 'record', type: 'Object', entries: [['sent', { t: 'boolean', v: true }]] }
        : null,
    context: { t: 'record', type: 'Object', entries: [['tenant', text('acme')]] },
    longer: ['args'],
    cancelBy: null,
    waitTime: 3.2,
    timeline: timelineOf(job),
    attempts: Array.from({ length: job.retry }, (_, index) => ({
      retry: index + 1,
      node: job.node,
      dateStarted: job.dateStarted,
      dateEnded: job.dateDone,
      seconds: job.execTime,
      error,
    })),
    parents: job.graphUuid === null ? [] : related(at + 1),
    children: job.graphUuid === null ? [] : related(at + 4),
    moreRelatives: 0,
    code: `await queue.withDelay(InvoiceService, { channel: '${job.channel}' }).send(invoice);`,
    hasRelatedAction: true,
    known: true,
  };
}

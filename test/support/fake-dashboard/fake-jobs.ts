import type { JobActionName } from '../../../lib/dashboard/api/actions.api.js';
import type { JobSummary } from '../../../lib/dashboard/api/jobs.api.js';
import { stateAllows, type JobState } from '../../../lib/job/job-state.js';
import { Random } from './random.js';

/** What must never become markup, a link or a script, wherever the page shows it. */
export const HOSTILE = [
  '<img src=x onerror="window.hacked=1">',
  '"><script>window.hacked=1</script>',
  'javascript:window.hacked=1',
  '\u202Etxt.exe \u0007 ' + 'wide'.repeat(60),
] as const;

const FUNCTIONS: readonly (readonly [name: string, channel: string, descriptions: readonly string[]])[] = [
  [
    'InvoiceService.send',
    'root.mail',
    ['Send invoice INV-{n} to Meyer & Söhne', 'Send invoice INV-{n} to Acme Corp.'],
  ],
  ['InvoiceService.createPdf', 'root.pdf', ['Create the PDF of invoice INV-{n}']],
  [
    'ErpSync.pushOrder',
    'root.erp',
    ['Push order {n} to the ERP', 'Push order {n} to the ERP (partial delivery)'],
  ],
  ['ErpSync.pullStock', 'root.erp.stock', ['Pull the stock of warehouse {n}']],
  ['PaymentGateway.capture', 'root.payments', ['Capture payment pay_{n}']],
  ['Reports.monthly', 'root.reports', ['Monthly report of tenant {n}']],
  ['Newsletter.deliver', 'root.mail.bulk', ['Newsletter “Spring sale” to segment {n}']],
  ['Images.resize', 'root.media', ['Resize image {n}.jpg to 5 sizes']],
];
const ERRORS = [
  ['TypeError', "Cannot read properties of undefined (reading 'email')"],
  ['TimeoutError', 'The ERP did not answer within 30,000 ms'],
  ['PaymentDeclined', 'Card declined: insufficient funds'],
  ['MaxRetriesError', 'Max. retries (5) reached: connect ECONNREFUSED 10.0.4.17:443'],
] as const;
const ACTIONS: readonly (readonly [JobActionName, Parameters<typeof stateAllows>[1] | null])[] = [
  ['requeue', 'requeue'],
  ['update', 'update'],
  ['cancel', 'cancel'],
  ['done', 'setDone'],
  ['delete', null],
];

/** A job as a test needs it: some of its fields, the others as they are for its state. */
export function fakeJob(random: Random, age: number, given: Partial<JobSummary> = {}): JobSummary {
  const [name, channel, descriptions] = random.pick(FUNCTIONS);
  const state: JobState = given.state ?? 'done';
  const created = Date.now() - age * 1_000;
  const wait = random.next() * Math.min(20, age / 4);
  const run = 0.02 + random.next() ** 3 * Math.min(40, age / 4);
  const begun = ['started', 'done', 'failed'].includes(state);
  const over = ['done', 'failed', 'cancelled'].includes(state);
  const [excName, excMessage] = state === 'failed' ? random.pick(ERRORS) : [null, null];
  const iso = (seconds: number) => new Date(created + seconds * 1_000).toISOString();
  const job = {
    uuid: random.uuid(),
    name,
    channel,
    description: random.pick(descriptions).replace('{n}', String(1_000 + random.below(9_000))),
    state,
    priority: random.pick([10, 10, 10, 5, 0, 20]),
    retry: begun ? random.pick([1, 1, 1, 2, state === 'failed' ? 5 : 1]) : 0,
    maxRetries: 5,
    node: begun || state === 'enqueued' ? 1 + random.below(3) : null,
    userId: random.pick([null, 'ada', 'grace', 'linus']),
    tags: [[], [], ['eu'], ['eu', 'import']][name.length % 4] ?? [],
    graphUuid: state === 'wait_dependencies' ? random.uuid() : null,
    batchUuid: null,
    eta:
      state === 'pending' && random.next() < 0.3
        ? new Date(Date.now() + 60_000 + random.below(7_200) * 1_000).toISOString()
        : null,
    dateCreated: iso(0),
    dateEnqueued: begun || state === 'enqueued' ? iso(wait * 0.9) : null,
    dateStarted: begun ? iso(wait) : null,
    dateDone: over ? iso(wait + run) : null,
    execTime: state === 'done' || state === 'failed' ? run : null,
    progress: state === 'started' ? { done: random.below(90), total: 100 } : null,
    excName,
    excMessage,
    cancelling: false,
  };
  const delayed: readonly JobActionName[] = job.eta === null ? [] : ['run'];
  return { ...job, actions: [...delayed, ...actionsOf(state)], ...given };
}

export function actionsOf(state: JobState): readonly JobActionName[] {
  return ACTIONS.filter(([, action]) =>
    action === null ? state !== 'started' && state !== 'enqueued' : stateAllows(state, action),
  ).map(([name]) => name);
}

/** The newest first. */
export function fakeJobs(count: number): JobSummary[] {
  const random = new Random(7);
  const states: readonly JobState[] = [
    ...Array.from<JobState>({ length: 20 }).fill('done'),
    'failed',
    'failed',
    'failed',
    'cancelled',
    'wait_dependencies',
    'pending',
  ];
  let age = 1;
  return Array.from({ length: count }, (_, index) => {
    age += random.next() * (index < 30 ? 9 : 60);
    const early = random.pick<JobState>([
      'pending',
      'pending',
      'started',
      'enqueued',
      'done',
      'done',
      'wait_dependencies',
      'failed',
    ]);
    const state = index < 30 ? early : random.pick(states);
    const hostile = index % 23 === 11 ? HOSTILE[(index / 23) & 3] : undefined;
    return fakeJob(random, age, {
      state,
      ...(hostile !== undefined && { description: hostile, excMessage: hostile }),
    });
  });
}

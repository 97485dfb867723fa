import { ExpressAdapter } from '@nestjs/platform-express';
import type { JobPage } from '../../../lib/dashboard.js';
import { DashboardStore } from '../../../lib/dashboard/server/store/dashboard.store.js';
import { QueueParts } from '../../../lib/services/queue-parts.js';
import type { Store } from '../../../lib/store/store.js';
import { fillQueue } from '../../support/big-queue.js';
import { startDashboard, type TestDashboard, WordGuard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Connections {
  query: (text: string, values?: readonly unknown[]) => Promise<unknown>;
  run: (statement: { text: string }, values: readonly unknown[]) => Promise<unknown>;
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

const LIVE = 6_000;
const ENDED = 60_000;
/**
 * Rows of the tables of jobs that one statement may read: fewer than there are. A search reads 2,000, then up to four times
 * as many at each step, as long as they take little time: 32,000 of those that have ended at its third.
 */
const MOST_ROWS = 40_000;
const BIG = ['queue_job', 'queue_job_history', 'queue_job_attempt', 'queue_job_log'];

describe('on a large queue the dashboard', () => {
  let database: TestDatabase;
  let test: TestDashboard;
  let sent: Sent[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startDashboard({
      url: database.url,
      adapter: new ExpressAdapter(),
      dashboard: { guards: [WordGuard] },
    });
    await fillQueue(async (text, values) => test.dataSource.query(text, values), {
      live: LIVE,
      ended: ENDED,
    });
    record(test.app.get(DashboardStore, { strict: false }));
    record(test.app.get(QueueParts, { strict: false }).store);
  }, 120_000);

  /** Notes every statement of a store. */
  const record = (store: Store): void => {
    const { database: connections } = store as unknown as { database: Connections };
    const { query, run } = connections;
    connections.query = async (text, values = []) => {
      sent.push({ text, values });
      return query.call(connections, text, values);
    };
    connections.run = async (statement, values) => {
      sent.push({ text: statement.text, values });
      return run.call(connections, statement, values);
    };
  };

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  /** What a plan reads of the large tables: the kinds of its scans, but for those that a limit ends, and the rows in all. */
  const readOf = (plan: Plan, isLimited = false): { scans: string[]; rows: number } => {
    const below = (plan.Plans ?? []).map((one) => readOf(one, plan['Node Type'] === 'Limit'));
    const isBig = BIG.includes(plan['Relation Name'] ?? '');
    const own =
      ((plan['Actual Rows'] ?? 0) + (plan['Rows Removed by Filter'] ?? 0)) * (plan['Actual Loops'] ?? 1);
    return {
      scans: [...(isBig && !isLimited ? [plan['Node Type']] : []), ...below.flatMap(({ scans }) => scans)],
      rows: (isBig ? own : 0) + below.reduce((sum, { rows }) => sum + rows, 0),
    };
  };

  const plansOf = async (path: string): Promise<{ text: string; scans: string[]; rows: number }[]> => {
    sent = [];
    await test.get(path);
    const statements = sent.filter(({ text }) => /^\s*(SELECT|WITH)/i.test(text));
    expect(statements.length).toBeGreaterThan(0);
    const plans: { text: string; scans: string[]; rows: number }[] = [];
    for (const { text, values } of statements) {
      const rows = (await test.dataSource.query(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`, [
        ...values,
      ])) as { 'QUERY PLAN': { Plan: Plan }[] }[];
      const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
      if (plan !== undefined) plans.push({ text, ...readOf(plan) });
    }
    return plans;
  };

  const expectBounded = async (path: string): Promise<void> => {
    for (const { text, scans, rows } of await plansOf(path)) {
      expect([text, scans.filter((scan) => scan === 'Seq Scan')]).toEqual([text, []]);
      expect([text, rows > MOST_ROWS ? rows : 'bounded']).toEqual([text, 'bounded']);
    }
  };

  const graph = '0198a1b2-0000-7000-8000-000000009a4e';
  const batch = '0198a1b2-0000-7000-8000-00000000ba7c';

  it.each([
    ['the overview', 'overview'],
    ['charts', 'metrics?range=week&channel=root.mail'],
    ['all jobs', 'jobs'],
    ['failed jobs', 'jobs?state=failed'],
    ['a channel', 'jobs?channel=root.erp&state=pending'],
    ['a function', 'jobs?name=Payments.capture'],
    ['a tag', 'jobs?tag=eu'],
    ['the last hour', 'jobs?since=1h'],
    ['a search', 'jobs?search=A-4711'],
    ['a value at a path', 'jobs?arg=customer.id=4711'],
    ['what is due next', 'jobs?sort=due'],
    ['the slowest', 'jobs?sort=slowest&since=1h'],
    ['a count', 'jobs/count?state=failed'],
    ['groups', 'jobs/groups?by=channel&state=failed'],
    ['failures', 'failures'],
    ['the channels', 'channels'],
    ['one channel', 'channels/root.mail'],
    ['how a channel goes', 'channels/root.mail/load'],
    ['the functions', 'functions'],
    ['the nodes', 'nodes'],
    ['the batches', 'batches'],
    ['a batch', `batches/${batch}`],
    ['members of a batch', `jobs?batch=${batch}`],
    ['a graph', `graphs/${graph}`],
    ['the schedules', 'schedules'],
    ['the audit trail', 'audit'],
  ])('reads %s by index, and no more than a bounded number of rows', async (_, path) => {
    await expectBounded(path);
  });

  it('reads a job and why it waits by index', async () => {
    const { jobs } = await test.get<JobPage>('jobs?state=pending&limit=200');
    const [first] = jobs;
    for (const path of [
      `jobs/${first?.uuid}`,
      `jobs/${first?.uuid}/logs`,
      `jobs/waits?uuids=${jobs.map(({ uuid }) => uuid).join()}`,
    ]) {
      await expectBounded(path);
    }
  });
});

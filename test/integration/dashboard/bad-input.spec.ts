import type { Client } from 'pg';
import type { Problem } from '../../../lib/dashboard.js';
import {
  type BadQuery,
  type BadRequest,
  channelChanges,
  clusterQueries,
  functionChanges,
  nodeActions,
  STATUS_OF,
} from '../../support/bad-input/dashboard.js';
import { jobActions, jobQueries } from '../../support/bad-input/dashboard-jobs.js';
import { HALF } from '../../support/bad-input/bad-input.js';
import { fingerprint } from '../../support/bad-input/fingerprint.js';
import { ADAPTERS, startDashboard, type TestDashboard } from '../../support/dashboard.js';
import { Desk } from '../../support/dashboard-jobs.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { connect } from '../../support/recorder-jobs.js';

const titled = (requests: readonly BadRequest[]): [string, BadRequest][] =>
  requests.map((one, at) => [
    `${at + 1}: ${one.method} ${one.path} ${JSON.stringify(one.body)}`.slice(0, 90),
    one,
  ]);

describe.each(ADAPTERS)('bad input to the API of the dashboard on %s', (name, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startDashboard({ url: database.url, adapter: adapter(), providers: [Desk] });
    client = await connect(database.url);
    await test.queue.withDelay(Desk, { eta: '1h' }).write('untouched');
    await test.batches.create('untouched', { jobs: [test.queue.delayable(Desk).mail('ada')] });
  });

  afterAll(async () => {
    await client.end();
    await test.close();
    await database.drop();
  });

  /** But for the trail, which tells of what was tried too. */
  const stored = async (): Promise<string> => fingerprint(client, 'queue_job_audit');

  /** Gives it, and holds the refusal against the table; what is stored is as before. */
  const refused = async (ask: () => Promise<Response>, status: number): Promise<Problem> => {
    const before = await stored();
    const response = await ask();
    const text = await response.text();
    expect([response.status, text]).toEqual([status, expect.any(String)]);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(text.length).toBeLessThan(5_000);
    expect(await stored()).toBe(before);
    return JSON.parse(text) as Problem;
  };

  const query = async ([path, where, says]: BadQuery): Promise<void> => {
    const problem = await refused(async () => test.api(path), 400);
    expect(problem).toMatchObject({ type: 'about:blank', status: 400, code: 'INVALID_INPUT' });
    expect(problem.errors).toContainEqual({ path: where, message: expect.stringMatching(says) });
  };

  const request = async ({ method, path, body, code, where, says }: BadRequest): Promise<void> => {
    const problem = await refused(async () => test.send(path, body, method), STATUS_OF[code]);
    expect(problem.code).toBe(code);
    if (where === undefined) expect(problem.detail).toMatch(says);
    else expect(problem.errors).toContainEqual({ path: where, message: expect.stringMatching(says) });
  };

  describe('in queries is refused', () => {
    const all = [...jobQueries, ...clusterQueries];
    it.each(all.map((one) => [one[0].slice(0, 90), one] as const))('%s', async (_, given) => query(given));
  });
  describe('in actions on jobs is refused, and nothing is changed', () => {
    it.each(titled(jobActions))('%s', async (_, given) => request(given));
  });
  describe('in changes of channels is refused, and nothing is changed', () => {
    it.each(titled(channelChanges))('%s', async (_, given) => request(given));
  });
  describe('in changes of job functions is refused, and nothing is changed', () => {
    it.each(titled(functionChanges))('%s', async (_, given) => request(given));
  });
  describe('in actions on nodes is refused, and nothing is changed', () => {
    it.each(titled(nodeActions))('%s', async (_, given) => request(given));
  });

  it.each([
    ['channels/root.mail', 'PATCH', '{"__proto__": {"paused": true}}'],
    ['channels/root.mail', 'PATCH', '{"paused": true, "__proto__": 1}'],
    ['functions/Desk.mail', 'PATCH', '{"retryPattern": {"__proto__": 5}}'],
    ['jobs/actions/cancel', 'POST', '{"__proto__": {"filter": {}, "expected": 1}}'],
    ['jobs/actions/cancel', 'POST', '{"filter": {"__proto__": "x"}, "expected": 1}'],
    ['jobs/actions/cancel', 'POST', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['jobs/actions/cancel', 'POST', `{"uuids": ${'['.repeat(40_000)}${']'.repeat(40_000)}}`],
    ['jobs/actions/cancel', 'POST', 'null'],
    ['jobs/actions/cancel', 'POST', '5'],
    ['channels/root.mail', 'PATCH', 'null'],
  ])('in a body that no client of ours sends is refused: %s %s', async (path, method, body) => {
    const headers = { 'content-type': 'application/json', 'x-queue-jobs': '1' };
    const before = await stored();
    // Some servers refuse these before they are ours to answer.
    expect((await test.api(path, { method, headers, body })).status).toBe(400);
    expect(await stored()).toBe(before);
  });

  it.each([
    [`channels/${'x'.repeat(1_001)}`, 'PATCH'],
    [`functions/${'x'.repeat(256)}`, 'PATCH'],
    [`functions/${'x'.repeat(10_000)}`, 'PATCH'],
    [`nodes/${'1'.repeat(300)}/actions/stop`, 'POST'],
    [`jobs/actions/${'x'.repeat(1_000)}`, 'POST'],
  ])('in a path that is too long is refused: %#', async (path, method) => {
    const before = await stored();
    // Fastify takes no more than its maxParamLength.
    expect((await test.send(path, { paused: true }, method)).status).toBe(name === 'Fastify' ? 414 : 400);
    expect(await stored()).toBe(before);
  });

  it('that has half a character in a filter finds nothing, and changes nothing', async () => {
    const before = await stored();
    for (const filter of [{ name: HALF }, { text: HALF }, { user: HALF }, { error: HALF }]) {
      const response = await test.send('jobs/actions/cancel', { filter, expected: 0 });
      expect([name, response.status]).toEqual([name, 200]);
    }
    expect(await stored()).toBe(before);
  });
});

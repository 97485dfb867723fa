import type { Problem } from '../../../lib/dashboard.js';
import { ADAPTERS, startDashboard, type TestDashboard } from '../../support/dashboard.js';
import { Desk } from '../../support/dashboard-jobs.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const UUID = '01a20dc3-8489-7143-a61c-c2e98362c237';
const JSON_TYPE = { 'content-type': 'application/json', 'x-queue-jobs': '1' };

describe.each(ADAPTERS)('what the dashboard does not take on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startDashboard({ url: database.url, adapter: adapter(), providers: [Desk] });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const problem = async (response: Response, status: number): Promise<Problem> => {
    const text = await response.text();
    expect([response.status, text]).toEqual([status, expect.any(String)]);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    return JSON.parse(text) as Problem;
  };

  it.each<[string, Record<string, string>]>([
    ['no header of our own', { 'content-type': 'application/json' }],
    ['a type that a form can send', { 'content-type': 'text/plain', 'x-queue-jobs': '1' }],
    ['a type that only looks like JSON', { 'content-type': 'application/jsonp', 'x-queue-jobs': '1' }],
    ['another word', { ...JSON_TYPE, 'x-queue-jobs': 'true' }],
  ])('is not taken from another site: %s', async (__, headers) => {
    const init = { method: 'POST', headers, body: JSON.stringify({ uuids: [UUID] }) };
    const response = await test.api('jobs/actions/requeue', init);
    // Fastify reads no type that it doesn't know.
    if (response.status !== 415) expect((await problem(response, 403)).code).toBe('CROSS_SITE');
  });

  it.each(['{', '{"uuids":', '"x', '[1', ''])('is refused where it is no JSON: %j', async (body) => {
    const response = await test.api('jobs/actions/requeue', { method: 'POST', headers: JSON_TYPE, body });
    expect(response.status).toBe(400);
  });

  it('takes no more than its server takes', async () => {
    const body = JSON.stringify({ uuids: ['x'.repeat(2_000_000)] });
    const response = await test.api('jobs/actions/requeue', { method: 'POST', headers: JSON_TYPE, body });
    expect(response.status).toBe(413);
  });

  it('tells nothing of what went wrong inside', async () => {
    await test.dataSource.query('ALTER TABLE queue_job RENAME COLUMN description TO secret_column');
    test.app.useLogger(false);
    try {
      const answer = await problem(await test.api('jobs'), 500);
      expect(answer.code).toBe('INTERNAL');
      expect(JSON.stringify(answer)).not.toContain('column');
    } finally {
      test.app.useLogger(['error']);
      await test.dataSource.query('ALTER TABLE queue_job RENAME COLUMN secret_column TO description');
    }
  });
});

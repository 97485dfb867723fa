import type { Problem } from '../../../lib/dashboard.js';
import { ADAPTERS, startDashboard, type TestDashboard } from '../../support/dashboard.js';
import { Desk } from '../../support/dashboard-jobs.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const UUID = '01a20dc3-8489-7143-a61c-c2e98362c237';
const JSON_TYPE = { 'content-type': 'application/json', 'x-queue-jobs': '1' };

/** Path, path of the error, and what its message says. */
const QUERIES: [string, string, RegExp][] = [
  ['jobs?state=finished', 'state', /must be of wait_dependencies, .*, separated by commas/],
  ['jobs?state=', 'state', /must be of/],
  ['jobs?state=done,', 'state', /must be of/],
  ['jobs?state=done&state=failed', 'state', /given once/],
  ['jobs?status=done', 'status', /unknown; known are state, name/],
  ['jobs?__proto__=1', '__proto__', /unknown/],
  ['jobs?constructor=1', 'constructor', /unknown/],
  ['jobs?name=', 'name', /not be empty/],
  ['jobs?name=%00', 'name', /NUL/],
  [`jobs?name=${'x'.repeat(256)}`, 'name', /255 characters/],
  ['jobs?name=a&name=b', 'name', /given once/],
  ['jobs?channel=root..x', 'channel', /not the name of a channel/],
  ['jobs?channel=%3Cscript%3E', 'channel', /not the name of a channel/],
  ['jobs?node=0', 'node', /from 1 to 2147483647/],
  ['jobs?node=2147483648', 'node', /from 1 to 2147483647/],
  ['jobs?node=1e3', 'node', /whole number/],
  ['jobs?node=-1', 'node', /whole number/],
  ['jobs?node=1%3BDROP', 'node', /whole number/],
  ['jobs?priority=1.5', 'priority', /whole number/],
  ['jobs?priority=', 'priority', /whole number/],
  ['jobs?priority=99999999999999999999', 'priority', /whole number/],
  ['jobs?user=%00', 'user', /NUL/],
  ['jobs?from=yesterday', 'from', /ISO 8601/],
  ['jobs?from=2026-13-01', 'from', /ISO 8601/],
  ['jobs?from=1969-12-31', 'from', /ISO 8601/],
  ['jobs?to=2026-11-24T10:00', 'to', /ISO 8601/],
  ['jobs?to=%2B010000-01-01T00:00:00Z', 'to', /ISO 8601/],
  ['jobs?to=2026-11-24T25:00:00Z', 'to', /ISO 8601/],
  ['jobs?error=', 'error', /not be empty/],
  ['jobs?text=', 'text', /not be empty/],
  ['jobs?text=%00', 'text', /NUL/],
  [`jobs?text=${'x'.repeat(256)}`, 'text', /255 characters/],
  ['jobs?arg=', 'arg', /not be empty/],
  ['jobs?arg=[0]', 'arg', /a path and a value/],
  ['jobs?arg=name=1', 'arg', /a path and a value/],
  ['jobs?arg=.name=1', 'arg', /a path and a value/],
  ['jobs?arg=[-1]=1', 'arg', /a path and a value/],
  ['jobs?arg=[0].=1', 'arg', /a path and a value/],
  ['jobs?arg=[0]["a=1', 'arg', /a path and a value/],
  [`jobs?arg=${encodeURIComponent(`${'[0]'.repeat(51)}=1`)}`, 'arg', /a path and a value/],
  ['jobs?arg=[0]=%00', 'arg', /NUL/],
  ['jobs?graph=42', 'graph', /must be a uuid/],
  ['jobs?uuids=', 'uuids.0', /must be a uuid/],
  [`jobs?uuids=${UUID},x`, 'uuids.1', /must be a uuid/],
  [`jobs?uuids=${Array.from({ length: 201 }, () => UUID).join(',')}`, 'uuids', /200 uuids at most/],
  ['jobs?cursor=x', 'cursor', /must be a uuid/],
  ['jobs?limit=0', 'limit', /from 1 to 200/],
  ['jobs?limit=201', 'limit', /from 1 to 200/],
  ['jobs?limit=ten', 'limit', /from 1 to 200/],
  ['jobs/count?limit=1', 'limit', /unknown/],
  ['jobs/count?exact=yes', 'exact', /true or false/],
  ['jobs/42', 'uuid', /must be a uuid/],
  ['jobs/42/logs', 'uuid', /must be a uuid/],
  [`jobs/${UUID}/logs?after=x`, 'after', /id of a line/],
  [`jobs/${UUID}/logs?before=1`, 'before', /unknown; known are after/],
  [`jobs/${UUID}/text/password`, 'field', /args, result, context or error/],
  [`jobs/${UUID}/text/__proto__`, 'field', /args, result, context or error/],
  ["jobs/' OR 1=1 --", 'uuid', /must be a uuid/],
];

/** Action, body, path of the error, and what its message says. */
const BODIES: [string, unknown, string, RegExp][] = [
  ['explode', { uuids: [UUID] }, 'action', /must be one of requeue, cancel, done, delete/],
  ['requeue', {}, 'uuids', /is missing|list of uuids/],
  ['requeue', [], 'uuids', /is missing/],
  ['requeue', { uuids: [] }, 'uuids', /one uuid at least/],
  ['requeue', { uuids: UUID }, 'uuids', /list of uuids/],
  ['requeue', { uuids: ['x'] }, 'uuids.0', /must be a uuid/],
  ['requeue', { uuids: [null] }, 'uuids.0', /must be a uuid/],
  ['requeue', { uuids: Array.from({ length: 1_001 }, () => UUID) }, 'uuids', /1000 uuids at most/],
  ['requeue', { uuids: [UUID], force: true }, 'force', /unknown; known are uuids/],
  ['requeue', { filter: {} }, 'expected', /missing|counted before/],
  ['requeue', { filter: {}, expected: -1 }, 'expected', /counted before/],
  ['requeue', { filter: {}, expected: 1.5 }, 'expected', /counted before/],
  ['requeue', { filter: {}, expected: '5' }, 'expected', /counted before/],
  ['requeue', { filter: null, expected: 1 }, 'filter', /must be an object/],
  ['requeue', { filter: { state: 5 }, expected: 1 }, 'filter.state', /text/],
  ['requeue', { filter: { nope: '1' }, expected: 1 }, 'filter.nope', /unknown/],
  ['requeue', { filter: { cursor: UUID }, expected: 1 }, 'filter.cursor', /unknown/],
  ['requeue', { filter: { name: { $ne: null } }, expected: 1 }, 'filter.name', /text/],
];

describe.each(ADAPTERS)('the input of the dashboard on %s', (_, adapter) => {
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

  it.each(QUERIES)('is refused: %.70s', async (path, where, message) => {
    const answer = await problem(await test.api(path), 400);
    expect(answer).toMatchObject({ type: 'about:blank', status: 400, code: 'INVALID_INPUT' });
    expect(answer.errors).toEqual([{ path: where, message: expect.stringMatching(message) }]);
  });

  it.each(BODIES)('is refused: %s %j', async (action, body, where, message) => {
    const answer = await problem(await test.send(`jobs/actions/${action}`, body), 400);
    expect(answer.code).toBe('INVALID_INPUT');
    expect(answer.errors).toContainEqual({ path: where, message: expect.stringMatching(message) });
  });

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

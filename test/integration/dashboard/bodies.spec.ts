import { createRequire } from 'node:module';
import type { INestApplication } from '@nestjs/common';
import type { ActionProgress, ChannelView, Problem } from '../../../lib/dashboard.js';
import { ADAPTERS, startDashboard, type TestDashboard } from '../../support/dashboard.js';
import { Desk } from '../../support/dashboard-jobs.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

/** It has no types of its own. */
type Parser = (options?: object) => (...given: unknown[]) => void;
const express = createRequire(import.meta.url)('express') as Record<
  'raw' | 'text' | 'urlencoded' | 'json',
  Parser
>;

describe.each(ADAPTERS)(
  'the dashboard of an application that reads bodies itself, on %s',
  (name, adapter) => {
    let database: TestDatabase;
    let test: TestDashboard;

    beforeAll(async () => {
      database = await createTestDatabase();
    });
    afterEach(async () => test.close());
    afterAll(async () => database.drop());

    const start = async (prepare: (app: INestApplication) => void = () => undefined): Promise<void> => {
      const options = { url: database.url, adapter: adapter(), providers: [Desk], logger: false as const };
      test = await startDashboard({ ...options, bodyParser: false, prepare });
    };
    const acts = async (): Promise<void> => {
      const { uuid } = await test.queue.withDelay(Desk, { eta: '1h' }).write(1);
      const lines = await (await test.send('jobs/actions/cancel', { uuids: [uuid] })).text();
      expect(JSON.parse(lines.trim().split('\n').at(-1) ?? '') as ActionProgress).toMatchObject({
        changed: 1,
      });
      const changed = await test.send('channels/root', { capacity: 3 }, 'PATCH');
      expect([changed.status, ((await changed.json()) as ChannelView).capacity]).toEqual([200, 3]);
      expect((await test.send('channels/root/reset', {})).status).toBe(200);
    };

    it('acts where nobody reads them', async () => {
      await start();
      await acts();
    });

    it('refuses what is no JSON, and what is too long', async () => {
      await start();
      const headers = { 'content-type': 'application/json', 'x-queue-jobs': '1' };
      for (const body of ['', '{', '"text"', '[]', 'null', '{"uuids":']) {
        const response = await test.api('jobs/actions/cancel', { method: 'POST', headers, body });
        expect([body, response.status]).toEqual([body, 400]);
      }
      const long = JSON.stringify({ uuids: ['x'.repeat(1024 * 1024)] });
      const response = await test.api('jobs/actions/cancel', { method: 'POST', headers, body: long });
      expect(response.status).toBe(413);
      if (name === 'Express') expect(((await response.json()) as Problem).code).toBe('TOO_LARGE');
    });

    if (name !== 'Express') return;
    it.each([
      ['bytes', express.raw({ type: '*/*' })],
      ['texts', express.text({ type: '*/*' })],
      ['forms alone', express.urlencoded({ extended: true })],
      ['JSON', express.json()],
    ])('acts where they are read as %s', async (_, parser) => {
      await start((app) => app.use(parser));
      await acts();
    });

    it('finds the filter of a list whatever parses queries', async () => {
      await start((app) => {
        const server = app.getHttpAdapter().getInstance() as { set(name: string, value: unknown): void };
        server.set('query parser', false);
      });
      const response = await test.api('jobs?state=nonsense');
      expect(response.status).toBe(400);
    });
  },
);

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpressAdapter } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { startDashboard, type TestDashboard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const LIB = join(import.meta.dirname, '../../../lib');

interface Operation {
  readonly summary?: string;
  readonly parameters?: { name: string; in: string; required: boolean; description?: string }[];
  readonly requestBody?: { content: Record<string, { schema: object }> };
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

describe('the OpenAPI document of an application with a dashboard', () => {
  let database: TestDatabase;
  let test: TestDashboard;
  let document: OpenAPIObject;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startDashboard({ url: database.url, adapter: new ExpressAdapter() });
    document = SwaggerModule.createDocument(test.app, new DocumentBuilder().build());
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  const operations = (): [string, Operation][] =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      (['get', 'post', 'patch'] as const).flatMap((method): [string, Operation][] =>
        item[method] === undefined ? [] : [[`${method} ${path}`, item[method] as unknown as Operation]],
      ),
    );
  const operation = (name: string): Operation | undefined => operations().find(([one]) => one === name)?.[1];

  it('has every route of the API, each with what it is for, what it takes and what it answers', () => {
    expect(operations().length).toBeGreaterThan(6);
    for (const [name, { summary, parameters = [], responses, requestBody }] of operations()) {
      expect(name).toContain('/admin/v1/queue-jobs/api/');
      expect([name, summary]).toEqual([name, expect.stringMatching(/^[A-Z].{5}/)]);
      expect([name, Object.keys(responses)]).toEqual([name, expect.arrayContaining(['200', '400', '403'])]);
      for (const { content = {} } of Object.values(responses)) expect(Object.keys(content)).toHaveLength(1);
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      expect(parameters.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(inPath);
      if (!name.startsWith('get')) {
        expect([name, requestBody]).toEqual([name, expect.objectContaining({ required: true })]);
        expect(parameters.map((one) => one.name)).toContain('x-queue-jobs');
      }
    }
  });

  it('says what a filter may hold', () => {
    const { parameters = [], responses } = operation('get /admin/v1/queue-jobs/api/jobs') as Operation;
    expect(parameters.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['state', 'arg', 'cursor', 'limit']),
    );
    expect(parameters.every(({ required, description }) => !required && description !== undefined)).toBe(
      true,
    );
    expect(responses['200']?.content?.['application/json']?.schema).toMatchObject({
      required: ['jobs', 'next', 'searchedTo'],
    });
    expect(responses['400']?.content?.['application/problem+json']?.schema).toMatchObject({ type: 'object' });
  });

  it('is made without the library ever loading @nestjs/swagger', async () => {
    const files = (await readdir(LIB, { recursive: true })).filter((name) => name.endsWith('.ts'));
    for (const file of files) {
      const text = await readFile(join(LIB, file), 'utf8');
      expect([file, /(?:from|import\(?|require\()\s*'@nestjs\/swagger/.test(text)]).toEqual([file, false]);
    }
  });
});

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { createTestDatabase } from '../support/database.js';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const DOCUMENTS = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** What the documents say that their examples take as given. */
const GLOBALS = `
import type { BatchService, ChannelService, JobFunctionService, JobRunner, NodeService, QueueService } from 'nestjs-queue-job';
import type { DataSource } from 'typeorm';
declare global {
  const queue: QueueService;
  const batches: BatchService;
  const channels: ChannelService;
  const jobFunctions: JobFunctionService;
  const nodes: NodeService;
  const runner: JobRunner;
  const dataSource: DataSource;
}
`;

/** A folder for each document's examples. */
const placeOf = (document: string): string => basename(document, '.md').toLowerCase();

/** As the library is used: against its built declarations, with the strictness of a new NestJS project and more. */
const TSCONFIG = {
  extends: '../../../../tsconfig.json',
  compilerOptions: {
    noEmit: false,
    allowImportingTsExtensions: false,
    rootDir: '.',
    outDir: 'js',
    types: ['node'],
    paths: {},
    moduleDetection: 'force',
    exactOptionalPropertyTypes: false,
    noUnusedLocals: false,
  },
  include: ['**/*.ts'],
  exclude: ['js'],
};

interface Block {
  readonly document: string;
  /** From the comment in its first line; examples of one document can import each other by it. */
  readonly file: string;
  readonly text: string;
}

/** An application with the recipes of docs/failures.md, in which one job of each kind fails. */
const RECIPES = `
import 'reflect-metadata';
import { createServer } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Job, QueueJobModule, QueueService } from 'nestjs-queue-job';
import { DataSource } from 'typeorm';
import { Mailer, ReportService } from './owner-mail.js';
import { ChatAlerts } from './chat-alerts.js';
import { SentryReports } from './sentry-reports.js';
import { DeadLetters } from './dead-letters.js';

const posts = [];
const captured = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (data) => (body += data));
  request.on('end', () => {
    posts.push(JSON.parse(body).text);
    response.end();
  });
});
await new Promise((resolve) => server.listen(0, resolve));
process.env.CHAT_WEBHOOK = 'http://127.0.0.1:' + server.address().port;

const sentry = {
  withScope(work) {
    this.tags = {};
    work({ setTag: (key, value) => (this.tags[key] = value), setContext() {}, setFingerprint() {} });
  },
  captureException(error) {
    captured.push(this.tags.job + ': ' + error.name + ': ' + error.message);
  },
};

class Broken {
  async run() {
    throw new Error('broken');
  }
  async dead() {
    throw new Error('dead');
  }
}
const decorate = (method, options) =>
  Job(options)(Broken.prototype, method, Object.getOwnPropertyDescriptor(Broken.prototype, method));
decorate('run', {});
decorate('dead', { onFailed: 'DeadLetters.keep' });

class Module {}
const app = await NestFactory.createApplicationContext(
  {
    module: Module,
    imports: [
      TypeOrmModule.forRoot({ type: 'postgres', url: process.env.DATABASE_URL, autoLoadEntities: true }),
      QueueJobModule.forRoot({ defaults: { onFailed: 'ChatAlerts.post' } }),
    ],
    providers: [Broken, Mailer, ReportService, ChatAlerts, DeadLetters, SentryReports, { provide: 'SENTRY', useValue: sentry }],
  },
  { logger: false },
);
const dataSource = app.get(DataSource);
await dataSource.query('CREATE TABLE dead_letter (job uuid, name text, error text, date timestamptz DEFAULT now())');
const queue = app.get(QueueService);
await queue.withDelay(ReportService).build('ada@example.com', 2026);
await queue.withDelay(Broken).run();
await queue.withDelay(Broken).dead();
const letters = () => dataSource.query('SELECT name, error FROM dead_letter');
const { sent: mails } = app.get(Mailer);
for (let left = 1_000; left > 0; left -= 1) {
  if (mails.length > 0 && posts.length > 0 && captured.length > 2 && (await letters()).length > 0) break;
  await new Promise((resolve) => setTimeout(resolve, 20));
}
console.log(JSON.stringify({ mails, posts, captured: captured.toSorted(), letters: await letters() }));
await app.close();
server.close();
`;

/** Every TypeScript example of a document. One that does not say its file in its first line is a mistake. */
async function blocksOf(document: string): Promise<Block[]> {
  const text = await readFile(join(ROOT, document), 'utf8');
  return [...text.matchAll(/^```(?:ts|typescript)\n(.*?)^```$/gms)].map(([, code = '']) => {
    const file = /^\/\/ ([\w.-]+\.ts)$/m.exec(code.split('\n', 1)[0] ?? '')?.[1];
    if (file === undefined) throw new Error(`An example of ${document} names no file: ${code.slice(0, 80)}`);
    return { document, file, text: code };
  });
}

describe('the examples of the documentation', () => {
  let folder: string;
  let blocks: Block[];

  beforeAll(async () => {
    // Inside the repository, so that they find the package by its name; `dist` is what everything else leaves alone.
    await mkdir(join(import.meta.dirname, 'dist'), { recursive: true });
    folder = await mkdtemp(join(import.meta.dirname, 'dist/readme-'));
    blocks = (await Promise.all(DOCUMENTS.map(blocksOf))).flat();
    await writeFile(join(folder, 'globals.ts'), GLOBALS);
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    for (const { document, file, text } of blocks) {
      const place = join(folder, placeOf(document));
      await mkdir(place, { recursive: true });
      await writeFile(join(place, file), text, { flag: 'wx' });
    }
  });

  afterAll(async () => rm(folder, { recursive: true, force: true }));

  it('compile, all of them', async () => {
    expect(blocks.length).toBeGreaterThan(20);
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const errors = await run(process.execPath, [compiler, '-p', folder]).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
    expect(errors).toBe('');
  }, 60_000);

  it('begin with one that runs, in under 30 lines', async () => {
    const quickStart = blocks.find(({ file }) => file === 'quick-start.ts');
    expect(quickStart?.text.trim().split('\n').length).toBeLessThan(30);

    const database = await createTestDatabase({ empty: true });
    const env = { ...process.env, DATABASE_URL: database.url, NODE_OPTIONS: '' };
    const { stdout } = await run(process.execPath, [join(folder, 'js/readme/quick-start.js')], { env });
    expect(stdout).toContain('The report for May is written');

    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query('SELECT name, state, result, retry FROM queue_job_history');
    await client.end();
    await database.drop();
    expect(rows).toEqual([
      { name: 'ReportService.write', state: 'done', result: 'The report for May is written', retry: 1 },
    ]);
  }, 30_000);

  it('report failures as the recipes say', async () => {
    const place = join(folder, 'js/failures');
    await writeFile(join(place, 'run.js'), RECIPES);
    const database = await createTestDatabase();
    const env = { ...process.env, DATABASE_URL: database.url, NODE_OPTIONS: '' };
    const { stdout } = await run(process.execPath, [join(place, 'run.js')], { env });
    await database.drop();
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      mails: [
        {
          to: 'ada@example.com',
          subject: 'Report of 2026 could not be made',
          text: 'There are no figures for 2026',
        },
      ],
      posts: ['*Broken.run* failed after 1 attempts: broken\nBroken.run'],
      captured: [
        'Broken.dead: Error: dead',
        'Broken.run: Error: broken',
        'ReportService.build: Error: There are no figures for 2026',
      ],
      letters: [{ name: 'Broken.dead', error: 'Error: dead' }],
    });
  }, 60_000);
});

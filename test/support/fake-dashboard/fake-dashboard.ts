import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type {
  About,
  FailureGroup,
  GraphView,
  JobEvent,
  PulseEvent,
} from '../../../lib/dashboard/api/cluster.api.js';
import type {
  JobDetail,
  JobSummary,
  LogLine,
  RelatedActionView,
} from '../../../lib/dashboard/api/jobs.api.js';
import type { JobWaits } from '../../../lib/dashboard/api/waits.api.js';
import { answer, linesOf } from './fake-answers.js';
import { countsOf } from './fake-cluster.js';
import { actionsOf, fakeJobs } from './fake-jobs.js';
import { FakeProblem } from './fake-problem.js';
import { FakeSchedules } from './fake-schedules.js';
import { FakeSettings } from './fake-settings.js';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'self'";

/** What the page is developed and tested against where a test wants to say what the server answers. */
export class FakeDashboard {
  /** The newest first. Change them, then call `pulse()`. */
  jobs: JobSummary[];
  about: About = {
    version: '0.1.0',
    rights: {
      requeue: true,
      update: true,
      cancel: true,
      done: true,
      delete: true,
      channels: true,
      functions: true,
      schedules: true,
      nodes: true,
      audit: true,
    },
    csrf: null,
    title: 'Acme queue',
  };
  /** Paths below `api/` that fail, with the status that they answer. */
  readonly broken = new Map<string, number>();
  /** What a job has beyond its row, by uuid, where a test wants it otherwise. */
  readonly details = new Map<string, Partial<JobDetail>>();
  /** Why jobs wait, by uuid. */
  waits: JobWaits['waits'] = {};
  /** Lines of logs, by uuid. */
  readonly logs = new Map<string, LogLine[]>();
  relatedAction: RelatedActionView | null = { label: 'Open the invoice', url: '/invoices/4711', data: null };
  /** The graph that is answered, where a test wants another. */
  graph: GraphView | null = null;
  /** Between two batches of an action. */
  rest: () => Promise<unknown> = () => Promise.resolve();
  readonly settings = new FakeSettings();
  readonly schedules = new FakeSchedules();
  /** Muted groups of failures, by id. */
  readonly mutes = new Map<string, FailureGroup['muted']>();
  /** Groups that were asked for once, by id. */
  readonly pastFailures = new Map<string, FailureGroup>();
  /** Method, path and body of what was asked. */
  readonly asked: string[] = [];
  readonly #streams = new Map<ServerResponse, string | null>();
  readonly #server: Server;
  #version = 0;

  /** @param page Where the built page is. */
  constructor(
    private readonly page: string,
    { jobs = 400, mount = '/admin/queue-jobs/' } = {},
  ) {
    this.jobs = fakeJobs(jobs);
    this.mount = mount;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  readonly mount: string;

  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.mount}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Tells the pages that something has changed. */
  pulse(): void {
    this.#version += 1;
    for (const [stream, watched] of this.#streams) {
      this.#send(stream, watched);
    }
  }

  /** Changes a job, as if its node had. */
  change(uuid: string, changes: Partial<JobSummary>): void {
    this.jobs = this.jobs.map((job) => {
      const state = changes.state ?? job.state;
      return job.uuid === uuid ? { ...job, actions: actionsOf(state), ...changes } : job;
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const path = url.pathname.slice(this.mount.length);
    if (path.startsWith('assets/')) {
      const file = join(this.page, path);
      const found = await stat(file).catch(() => null);
      response.writeHead(found === null ? 404 : 200, {
        'content-type': TYPES[extname(file)] ?? 'text/plain',
      });
      return found === null ? void response.end() : void createReadStream(file).pipe(response);
    }
    if (path === 'api/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      const watched = url.searchParams.get('job');
      this.#streams.set(response, watched);
      request.on('close', () => this.#streams.delete(response));
      return this.#send(response, watched);
    }
    return path.startsWith('api/')
      ? this.#answer(path.slice(4), url, request, response)
      : this.#html(url, response);
  }

  async #answer(path: string, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    this.asked.push(`${request.method ?? 'GET'} ${path}${url.search} ${body}`.trim());
    try {
      const status = this.broken.get(path);
      if (status !== undefined) {
        throw new FakeProblem(status, 'Broken for a test', `${path} is broken.`);
      }
      if (request.method !== 'GET' && request.headers['x-queue-jobs'] !== '1') {
        throw new FakeProblem(403, 'Forbidden', 'The header x-queue-jobs is missing.');
      }
      const given = answer(this, request.method ?? 'GET', path, url.searchParams, body);
      if (path.startsWith('jobs/actions/')) {
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        for await (const line of given as AsyncIterable<object>) {
          if (response.destroyed) {
            return;
          }
          response.write(`${JSON.stringify(line)}\n`);
        }
        response.end();
        return;
      }
      if (typeof given === 'string') {
        response
          .writeHead(200, { 'content-type': 'text/plain', 'content-disposition': 'attachment' })
          .end(given);
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(given));
    } catch (error) {
      const problem = error instanceof FakeProblem ? error : new FakeProblem(500, 'Error', String(error));
      response.writeHead(problem.status, { 'content-type': 'application/problem+json' }).end(
        JSON.stringify({
          type: 'about:blank',
          title: problem.title,
          detail: problem.message,
          status: problem.status,
          ...problem.more,
        }),
      );
    }
  }

  async #html(url: URL, response: ServerResponse): Promise<void> {
    const depth = url.pathname.slice(this.mount.length).split('/').length - 1;
    const base = depth === 0 ? './' : '../'.repeat(depth);
    const html = await readFile(join(this.page, 'index.html'), 'utf8');
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY })
      .end(html.replace('<!--base-->', `<base href="${base}">`));
  }

  #send(stream: ServerResponse, watched: string | null): void {
    const event: PulseEvent = { counts: countsOf(this.jobs), version: String(this.#version) };
    stream.write(`event: pulse\ndata: ${JSON.stringify(event)}\n\n`);
    const job = this.jobs.find(({ uuid }) => uuid === watched);
    if (job !== undefined) {
      const told: JobEvent = { job, lastLog: linesOf(this, job).at(-1)?.id ?? null };
      stream.write(`event: job\ndata: ${JSON.stringify(told)}\n\n`);
    }
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) {
    text += piece as string;
  }
  return text;
}

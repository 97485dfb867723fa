import { connect as connectTo, type Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { JobEvent, PulseEvent } from '../../../lib/dashboard.js';
import { EventHub } from '../../../lib/dashboard/server/events/event-hub.js';
import type { EventStream } from '../../../lib/dashboard/server/events/event-stream.js';
import { DashboardStore } from '../../../lib/dashboard/server/store/dashboard.store.js';
import { currentJob, Job } from '../../../lib/index.js';
import { ADAPTERS, startDashboard, type TestDashboard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Shop {
  @Job()
  async count(to: number): Promise<void> {
    const job = currentJob();
    for (let done = 1; done <= to; done += 1) {
      job.progress(done, to);
      job.log(`Counted ${done}`);
      await new Promise((resolve) => setTimeout(resolve, 600));
    }
  }

  @Job()
  async run(): Promise<void> {
    return Promise.resolve();
  }
}

interface Heard {
  readonly event: string;
  readonly data: PulseEvent | JobEvent;
}

/** Reads a stream of events as it comes, until it ends. */
class Ear {
  readonly heard: Heard[] = [];
  readonly ended: Promise<void>;
  private readonly controller: AbortController;

  private constructor(
    readonly response: Response,
    controller: AbortController,
  ) {
    this.controller = controller;
    this.ended = this.read().catch(() => undefined);
  }

  static async open(test: TestDashboard, path = 'events'): Promise<Ear> {
    const controller = new AbortController();
    return new Ear(await test.api(path, { signal: controller.signal }), controller);
  }

  get pulses(): PulseEvent[] {
    return this.heard.filter(({ event }) => event === 'pulse').map(({ data }) => data as PulseEvent);
  }

  get jobs(): JobEvent[] {
    return this.heard.filter(({ event }) => event === 'job').map(({ data }) => data as JobEvent);
  }

  close(): void {
    this.controller.abort();
  }

  private async read(): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of this.response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? [];
        if (event !== undefined && data !== undefined)
          this.heard.push({ event, data: JSON.parse(data) as PulseEvent });
      }
    }
  }
}

describe.each(ADAPTERS)('the events of the dashboard on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard;
  let isOpen: boolean;

  beforeEach(async () => {
    database = await createTestDatabase();
    test = await startDashboard({
      url: database.url,
      adapter: adapter(),
      providers: [Shop],
      options: { runner: { shutdownTimeout: 200 } },
      logger: false,
    });
    isOpen = true;
  });

  afterEach(async () => {
    if (isOpen) await test.close();
    await database.drop();
  });

  const hub = (): EventHub => test.app.get(EventHub);
  /** How often the database is asked from now on. */
  const asked = (): { counts: number } => {
    const { overview } = test.app.get(DashboardStore);
    const seen = { counts: 0 };
    const real = overview.counts.bind(overview);
    overview.counts = async () => {
      seen.counts += 1;
      return real();
    };
    return seen;
  };

  it('come with headers that keep proxies and compression from holding them up', async () => {
    const ear = await Ear.open(test);
    expect(ear.response.status).toBe(200);
    expect(ear.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(ear.response.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(ear.response.headers.get('x-accel-buffering')).toBe('no');
    await eventually(() => expect(ear.pulses.length).toBe(1));
    ear.close();
  });

  it('tell of a change within some seconds, by another version, and are silent without one', async () => {
    const ear = await Ear.open(test);
    await eventually(() => expect(ear.pulses.length).toBeGreaterThan(0));
    await test.queue.finished(await test.queue.withDelay(Shop).run(), { timeout: 5_000 });
    await eventually(() => expect(ear.pulses.at(-1)?.counts.done).toEqual({ count: 1, capped: false }));
    const versions = ear.pulses.map(({ counts, version }) => JSON.stringify([counts, version]));
    expect(new Set(versions).size).toBe(versions.length);
    ear.close();
  });

  it('tell of a job that is watched: its state, its progress, its last line', async () => {
    const { uuid } = await test.queue.withDelay(Shop).count(3);
    const other = await test.queue.withDelay(Shop).count(2);
    const ear = await Ear.open(test, `events?job=${uuid}`);
    await eventually(() => expect(ear.jobs.at(-1)?.job.state).toBe('done'));
    expect(new Set(ear.jobs.map(({ job }) => job.uuid))).toEqual(new Set([uuid]));
    expect(ear.jobs.some(({ job }) => job.state === 'started' && job.progress?.total === 3)).toBe(true);
    const lines = ear.jobs.map(({ lastLog }) => Number(lastLog ?? 0));
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
    expect(lines.at(-1)).toBeGreaterThan(0);
    await test.queue.finished(other.uuid, { timeout: 10_000 });
    ear.close();
  });

  it('cost one look a second for all pages, and none when the last has gone', async () => {
    const seen = asked();
    const ears = await Promise.all(Array.from({ length: 8 }, async () => Ear.open(test)));
    await eventually(() => expect(ears.every(({ pulses }) => pulses.length > 0)).toBe(true));
    const [before, started] = [seen.counts, performance.now()];
    await eventually(() => expect(seen.counts).toBeGreaterThan(before + 2));
    expect(seen.counts - before).toBeLessThanOrEqual((performance.now() - started) / 900 + 1);
    for (const ear of ears) ear.close();
    await eventually(() => expect(hub().size).toBe(0));
    const after = seen.counts;
    await Ear.open(test, 'overview');
    await test.queue.finished(await test.queue.withDelay(Shop).run(), { timeout: 5_000 });
    expect(seen.counts).toBeLessThanOrEqual(after + 1);
  });

  it('refuse what is no uuid, and too many of them', async () => {
    expect((await test.api('events?job=1')).status).toBe(400);
    const many = Array.from({ length: 21 }, (__, at) => `job=0190b3a0-5c1e-7000-8000-0000000000${at + 10}`);
    expect((await test.api(`events?${many.join('&')}`)).status).toBe(400);
    expect(hub().size).toBe(0);
  });

  it('end when the application closes, which they do not hold up', async () => {
    const ears = await Promise.all([Ear.open(test), Ear.open(test)]);
    await eventually(() => expect(ears.every(({ pulses }) => pulses.length > 0)).toBe(true));
    const before = performance.now();
    isOpen = false;
    await test.close();
    expect(performance.now() - before).toBeLessThan(8_000);
    await Promise.all(ears.map(({ ended }) => ended));
  });

  it('hold no memory for a page that does not read, and do not wait for it at the end', async () => {
    const url = new URL(`${test.origin}/admin/v1/queue-jobs/api/events`);
    const socket = await new Promise<Socket>((resolve) => {
      const opened = connectTo(Number(url.port), url.hostname, () => resolve(opened));
      opened.on('error', () => undefined);
    });
    socket.pause();
    socket.write(`GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: open sesame\r\n\r\n`);
    await eventually(() => expect(hub().size).toBe(1));
    const [stream] = [...(hub() as unknown as { streams: Set<EventStream> }).streams] as [EventStream];
    const big = 'x'.repeat(100_000);
    for (let at = 0; at < 2_000; at += 1) {
      stream.tell('pulse', 'pulse', { big, at });
      if (at % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(stream.readableLength).toBeLessThan(1_000_000);
    const before = performance.now();
    isOpen = false;
    await test.close();
    expect(performance.now() - before).toBeLessThan(8_000);
    socket.destroy();
  });
});

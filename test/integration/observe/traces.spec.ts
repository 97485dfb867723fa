import { Injectable } from '@nestjs/common';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { DataSource } from 'typeorm';
import {
  BatchService,
  chain,
  currentJob,
  InvalidJobOptionError,
  Job,
  QueueService,
  RetryableJobError,
  ScheduleService,
} from '../../../lib/index.js';
import { openTelemetryTracing } from '../../../lib/opentelemetry.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { Tracing } from '../../support/tracing.js';

@Injectable()
class Shop {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: QueueService,
  ) {}

  @Job()
  async sell(): Promise<void> {
    await this.dataSource.query('SELECT 1 AS of_the_job');
  }

  @Job({ transactional: true })
  async book(): Promise<void> {
    await currentJob().manager.query('SELECT 2 AS of_the_job');
  }

  @Job({ maxRetries: 3 })
  async flaky(): Promise<void> {
    if (currentJob().job.retry < 3) throw new RetryableJobError('not yet', { seconds: 0 });
  }

  @Job()
  async broken(): Promise<void> {
    throw new TypeError('no paper');
  }

  @Job({ onFailed: 'report' })
  async reported(): Promise<void> {
    throw new TypeError('no ink');
  }

  @Job()
  async report(): Promise<void> {}

  @Job()
  async outer(): Promise<void> {
    await this.queue.withDelay(Shop).sell();
  }
}

const tracing = new Tracing();
const tracer = trace.getTracer('application');

/** As an instrumentation of HTTP does for each request. */
const inRequest = async <T>(
  work: () => Promise<T>,
): Promise<{ result: T; traceId: string; spanId: string }> => {
  const span = tracer.startSpan('POST /orders');
  const result = await context.with(trace.setSpan(context.active(), span), work);
  span.end();
  const { traceId, spanId } = span.spanContext();
  return { result, traceId, spanId };
};

const isDriver = ({ name }: ReadableSpan): boolean => name.startsWith('pg');
const statement = ({ attributes }: ReadableSpan): unknown =>
  attributes['db.statement'] ?? attributes['db.query.text'];

describe('traces', () => {
  let database: TestDatabase;
  let web: TestApplication;
  let worker: TestApplication;

  const start = async (runner: boolean, options: object = {}): Promise<TestApplication> =>
    startApplication({
      url: database.url,
      providers: [Shop],
      options: { tracing: openTelemetryTracing(), ...(runner ? {} : { runner: false }), ...options },
    });

  beforeAll(async () => {
    tracing.start();
    database = await createTestDatabase();
    [web, worker] = [await start(false), await start(true)];
  });

  beforeEach(() => tracing.clear());

  afterAll(async () => {
    await Promise.all([web.close(), worker.close()]);
    await database.drop();
    await tracing.stop();
  });

  const ended = async (name: string, count = 1): Promise<readonly ReadableSpan[]> =>
    eventually(() => {
      const found = tracing.named(name);
      expect(found.length).toBe(count);
      return found;
    });

  it('link an attempt in another process to the span of its call, which is in the trace of the request', async () => {
    const { result, traceId, spanId } = await inRequest(async () => web.queue.withDelay(Shop).sell());
    const [consumer] = await ended('process Shop.sell');
    const [producer] = tracing.named('enqueue Shop.sell');
    expect(producer?.kind).toBe(SpanKind.PRODUCER);
    expect(producer?.spanContext().traceId).toBe(traceId);
    expect(producer?.parentSpanContext?.spanId).toBe(spanId);
    expect(producer?.attributes).toEqual({
      'messaging.system': 'nestjs_queue_job',
      'messaging.destination.name': 'root',
      'messaging.operation.name': 'enqueue',
      'messaging.operation.type': 'send',
      'messaging.message.id': result.uuid,
      'queue_job.name': 'Shop.sell',
    });
    expect(consumer?.kind).toBe(SpanKind.CONSUMER);
    expect(consumer?.parentSpanContext).toBeUndefined();
    expect(consumer?.links.map((link) => link.context)).toMatchObject([
      { traceId, spanId: producer?.spanContext().spanId },
    ]);
    expect(consumer?.attributes).toMatchObject({
      'messaging.operation.type': 'process',
      'messaging.message.id': result.uuid,
      'queue_job.attempt': 1,
      'queue_job.outcome': 'done',
    });
    expect(result.trace).toBe(`00-${traceId}-${producer?.spanContext().spanId}-01`);
    expect((await web.queue.find(result.uuid))?.trace).toBe(result.trace);
  });

  it('show what a method does with the database, and nothing that the library does', async () => {
    await inRequest(async () => {
      await web.queue.withDelay(Shop).sell();
      await web.dataSource.transaction(async (manager) => {
        await web.queue.withDelay(Shop, { manager, identityKey: 'one' }).sell();
      });
      const job = await web.queue.withDelay(Shop).book();
      await web.queue.finished(job.uuid);
      await web.queue.list();
      await web.channels.list();
    });
    await ended('process Shop.sell', 2);
    const [booked] = await ended('process Shop.book');
    const texts = tracing.spans.filter(isDriver).map(statement);
    const ofJobs = texts.map(String).filter((text) => text.includes('of_the_job'));
    expect(ofJobs.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'SELECT 1 AS of_the_job',
      'SELECT 1 AS of_the_job',
      'SELECT 2 AS of_the_job',
    ]);
    expect(texts.filter((text) => /queue_job|pg_backend_pid/.test(String(text)))).toEqual([]);
    const inBook = tracing.spans.filter(
      ({ parentSpanContext }) => parentSpanContext?.spanId === booked?.spanContext().spanId,
    );
    expect(inBook.map(statement)).toContain('SELECT 2 AS of_the_job');
  });

  it('have a span for each attempt, all linked to the one call', async () => {
    const { traceId } = await inRequest(async () => web.queue.withDelay(Shop).flaky());
    const spans = await ended('process Shop.flaky', 3);
    expect(
      spans.map(({ attributes }) => [attributes['queue_job.attempt'], attributes['queue_job.outcome']]),
    ).toEqual([
      [1, 'retried'],
      [2, 'retried'],
      [3, 'done'],
    ]);
    for (const { links } of spans) expect(links[0]?.context.traceId).toBe(traceId);
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(3);
  });

  it('tell the error of an attempt that fails', async () => {
    await web.queue.withDelay(Shop).broken();
    const [span] = await ended('process Shop.broken');
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no paper' });
    expect(span?.attributes).toMatchObject({ 'error.type': 'TypeError', 'queue_job.outcome': 'failed' });
    expect(span?.events[0]?.attributes).toMatchObject({ 'exception.message': 'no paper' });
  });

  it('tell the error of a call that stores nothing', async () => {
    const manager = await web.dataSource.transaction(async (inner) => inner);
    await expect(web.queue.withDelay(Shop, { manager }).sell()).rejects.toThrow('has ended');
    const [span] = await ended('enqueue Shop.sell');
    expect(span?.attributes['error.type']).toBe('TRANSACTION_ENDED');
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
  });

  it('have one span for a graph or many jobs of one call, to which all of their attempts are linked', async () => {
    const { traceId } = await inRequest(async () => {
      await chain(web.queue.delayable(Shop).sell(), web.queue.delayable(Shop).sell()).delay();
    });
    const spans = await ended('process Shop.sell', 2);
    const [producer] = await ended('enqueue Shop.sell');
    expect(producer?.attributes['messaging.batch.message_count']).toBe(2);
    for (const { links } of spans)
      expect(links[0]?.context).toMatchObject({ traceId, spanId: producer?.spanContext().spanId });
  });

  it('put a job that a job stores under the attempt that stored it', async () => {
    await inRequest(async () => web.queue.withDelay(Shop).outer());
    const [inner] = await ended('process Shop.sell');
    const [outer] = await ended('process Shop.outer');
    const [producer] = tracing.named('enqueue Shop.sell');
    expect(producer?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(inner?.links[0]?.context.spanId).toBe(producer?.spanContext().spanId);
  });

  it('link a tick that was asked for to the call that asked', async () => {
    const schedules = web.get(ScheduleService);
    await schedules.upsert('asked', { every: '1 day', call: web.queue.delayable(Shop).sell() });
    const { traceId } = await inRequest(async () => schedules.runNow('asked'));
    const [span] = await ended('process Shop.sell');
    const [producer] = tracing.named('enqueue Shop.sell');
    expect(producer?.spanContext().traceId).toBe(traceId);
    expect(span?.links.map((link) => link.context.spanId)).toEqual([producer?.spanContext().spanId]);
    await schedules.remove('asked');
  });

  it('link the callback of a batch to the call that made the batch', async () => {
    const { traceId } = await inRequest(async () =>
      web.get(BatchService).create('sales', {
        jobs: [web.queue.delayable(Shop).outer()],
        onDone: web.queue.delayable(Shop).report(),
      }),
    );
    const [span] = await ended('process Shop.report');
    const [producer] = tracing.named('enqueue Shop.report');
    expect(producer?.spanContext().traceId).toBe(traceId);
    expect(span?.links.map((link) => link.context.spanId)).toEqual([producer?.spanContext().spanId]);
  });

  it('link the report of a failure to the call of the job that failed', async () => {
    const { traceId } = await inRequest(async () => web.queue.withDelay(Shop).reported());
    const [span] = await ended('process Shop.report');
    const [producer] = tracing.named('enqueue Shop.reported');
    expect(producer?.spanContext().traceId).toBe(traceId);
    expect(span?.links.map((link) => link.context.spanId)).toEqual([producer?.spanContext().spanId]);
  });

  it('begin anew for the tick of a schedule, which nobody has called', async () => {
    const schedules = worker.get(ScheduleService);
    await schedules.upsert('often', {
      every: '1 day',
      startAt: new Date(Date.now() + 500),
      call: worker.queue.delayable(Shop).sell(),
    });
    const [span] = await ended('process Shop.sell');
    expect(span?.links).toEqual([]);
    expect(span?.parentSpanContext).toBeUndefined();
    await schedules.remove('often');
  });

  it('do not take an attempt for a part of the request that has woken the node', async () => {
    // Its own runner takes over what this process stores.
    const { traceId } = await inRequest(async () => worker.queue.withDelay(Shop).sell());
    const [span] = await ended('process Shop.sell');
    expect(span?.spanContext().traceId).not.toBe(traceId);
  });

  it('go on in an attempt if that is asked for, and show the own statements if that is', async () => {
    const open = await start(false, {
      tracing: openTelemetryTracing({ continueTrace: true, ownQueries: true }),
    });
    tracing.clear();
    const { traceId } = await inRequest(async () => open.queue.withDelay(Shop).sell());
    expect(tracing.spans.filter(isDriver).some((span) => String(statement(span)).includes('queue_job'))).toBe(
      true,
    );
    await ended('process Shop.sell');
    await open.close();
    await worker.close();
    worker = await start(true, { tracing: openTelemetryTracing({ continueTrace: true }) });
    tracing.clear();
    const second = await inRequest(async () => web.queue.withDelay(Shop).sell());
    const [span] = await ended('process Shop.sell');
    expect(span?.spanContext().traceId).toBe(second.traceId);
    expect(second.traceId).not.toBe(traceId);
    expect(span?.parentSpanContext?.spanId).toBe(tracing.named('enqueue Shop.sell')[0]?.spanContext().spanId);
  });

  it('store nothing with a job, and make no span, where tracing is off', async () => {
    const plain = await start(false, { tracing: undefined });
    tracing.clear();
    const { result } = await inRequest(async () => plain.queue.withDelay(Shop).sell());
    expect(result.trace).toBeNull();
    expect(tracing.named('enqueue Shop.sell')).toEqual([]);
    await plain.close();
  });

  it('store nothing with a job where nobody has registered a provider', async () => {
    trace.disable();
    try {
      const call = { name: 'Shop.sell', channel: 'root', count: 1, uuid: undefined };
      expect(await openTelemetryTracing().enqueue(call, async (stored) => stored)).toBeNull();
    } finally {
      trace.setGlobalTracerProvider(tracing.provider);
    }
  });

  it('refuse options that are none', () => {
    expect(() => openTelemetryTracing({ continueTrace: 'yes' as never })).toThrow(InvalidJobOptionError);
    expect(() => openTelemetryTracing({ own: true } as never)).toThrow('unknown');
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { Registry } from 'prom-client';
import { Job, type JobMetrics, RetryableJobError, ScheduleService } from '../../../lib/index.js';
import { MetricsReporter } from '../../../lib/observe/metrics/metrics-reporter.js';
import { openTelemetryMetrics } from '../../../lib/opentelemetry.js';
import { prometheusMetrics } from '../../../lib/prometheus.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Shop {
  @Job({ defaultChannel: 'root.shop', maxRetries: 2 })
  async sell(how: 'well' | 'badly' | 'again'): Promise<void> {
    if (how === 'badly') throw new Error('sold out');
    if (how === 'again') throw new RetryableJobError('later', { seconds: 0 });
  }

  @Job({ defaultChannel: 'root.off' })
  async wait(): Promise<void> {}

  @Job({ defaultChannel: 'root.many' })
  async many(): Promise<void> {}
}

const GRAFANA = join(import.meta.dirname, '../../../docs/grafana');

describe('metrics', () => {
  let database: TestDatabase;
  let test: TestApplication | undefined;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await test?.close();
    test = undefined;
    await database.drop();
  });

  const start = async (to: JobMetrics): Promise<TestApplication> => {
    test = await startApplication({
      url: database.url,
      providers: [Shop],
      options: { metrics: to, channels: 'root:20, root.shop:4, root.off:1' },
      logger: false,
    });
    return test;
  };

  /** Some of each kind. */
  const work = async (application: TestApplication): Promise<void> => {
    const { queue, channels } = application;
    await channels.pause('root.off');
    const schedules = application.get(ScheduleService);
    await schedules.upsert('nightly', { cron: '0 3 * * *', call: queue.delayable(Shop).many() });
    await queue.withDelay(Shop).wait();
    await queue.withDelay(Shop).sell('well');
    await queue.withDelay(Shop).sell('well');
    for (const how of ['badly', 'again'] as const) {
      const job = await queue.withDelay(Shop).sell(how);
      await expect(queue.finished(job.uuid)).rejects.toThrow('failed');
    }
  };

  const scraped = async (register: Registry, line: RegExp): Promise<string> =>
    eventually(async () => {
      const text = await register.metrics();
      expect(text).toMatch(line);
      return text;
    });

  it('count how attempts ended, how long they waited and ran, and say how the queue is', async () => {
    const register = new Registry();
    await work(await start(prometheusMetrics({ register })));
    const failed = /^queue_job_attempts_total\{channel="root.shop",job="Shop.sell",outcome="failed"\} 2$/m;
    const text = await scraped(register, failed);
    const lines = text.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'queue_job_attempts_total{channel="root.shop",job="Shop.sell",outcome="done"} 2',
        'queue_job_attempts_total{channel="root.shop",job="Shop.sell",outcome="retried"} 1',
        'queue_job_waiting{channel="root.off",job="Shop.wait"} 1',
        'queue_job_failed{channel="root.shop",job="Shop.sell"} 2',
        'queue_job_channel_capacity{channel="root.shop"} 4',
        'queue_job_channel_paused{channel="root.off"} 1',
        'queue_job_channel_paused{channel="root.shop"} 0',
        'queue_job_nodes{state="alive"} 1',
        'queue_job_slots 10',
        'queue_job_schedule_lateness_seconds{schedule="nightly"} 0',
        'queue_job_notification_queue 0',
        'queue_job_notifications_lost_total 0',
        'queue_job_run_seconds_count{channel="root.shop",job="Shop.sell"} 5',
        'queue_job_wait_seconds_count{channel="root.shop",job="Shop.sell"} 5',
      ]),
    );
    expect(text).toMatch(/^queue_job_oldest_waiting_seconds\{channel="root.off"\} [\d.]+$/m);
  });

  it('have every name that the Grafana dashboard and the alerts ask for', async () => {
    const register = new Registry();
    await work(await start(prometheusMetrics({ register })));
    const text = await scraped(register, /^queue_job_failed\{/m);
    const offered = new Set([...text.matchAll(/^(queue_job_\w+)/gm)].map(([, name]) => name));
    const dashboard = await readFile(join(GRAFANA, 'nestjs-queue-job.json'), 'utf8');
    const alerts = await readFile(join(GRAFANA, 'alerts.yaml'), 'utf8');
    const asked = new Set([...`${dashboard}${alerts}`.matchAll(/\bqueue_job_\w+/g)].map(([name]) => name));
    expect(asked.size).toBeGreaterThan(12);
    for (const name of asked) expect(offered).toContain(name);
    const labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, label]) => label));
    for (const [, by = ''] of `${dashboard}${alerts}`.matchAll(/\bby \(([\w, ]+)\)/g))
      for (const label of by.split(', ')) expect([...labels, 'le']).toContain(label);
  });

  it('cost one query in 15 s, however often and by how many figures they are scraped', async () => {
    const register = new Registry();
    const { app, dataSource } = await start(prometheusMetrics({ register }));
    await database.asAdmin('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    const sent = async (): Promise<number> => {
      const rows = (await dataSource.query(
        `SELECT coalesce(sum(s.calls), 0)::int AS calls FROM pg_stat_statements s
         JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database() AND s.query LIKE '%queue_job_breakdown_1%'
           AND s.query NOT LIKE '%pg_stat_statements%'`,
      )) as { calls: number }[];
      return rows[0]?.calls ?? NaN;
    };
    expect(await sent()).toBe(0);
    await Promise.all([register.metrics(), register.metrics()]);
    for (let scrape = 0; scrape < 5; scrape += 1) await register.metrics();
    expect(await sent()).toBe(1);
    app.get(MetricsReporter)['levels']['at'] -= 15_001;
    await register.metrics();
    expect(await sent()).toBe(2);
  });

  it('have a bounded number of series: what is beyond is other, and nothing is lost', async () => {
    const register = new Registry();
    const { queue } = await start(prometheusMetrics({ register, maxSeries: 3 }));
    for (let tenant = 0; tenant < 8; tenant += 1)
      await queue.withDelay(Shop, { channel: `root.tenant${tenant}` }).many();
    const counts = async (): Promise<number[]> => {
      const text = await register.metrics();
      return [...text.matchAll(/^queue_job_attempts_total\{.*outcome="done"\} (\d+)$/gm)].map(([, count]) =>
        Number(count),
      );
    };
    await eventually(async () => expect((await counts()).reduce((sum, one) => sum + one, 0)).toBe(8));
    expect((await counts()).length).toBe(4);
    expect(await register.metrics()).toMatch(
      /^queue_job_attempts_total\{channel="other",job="other",outcome="done"\} 5$/m,
    );
  });

  it('tell attempts by the tags that were named, and by no other', async () => {
    const register = new Registry();
    const { queue } = await start(prometheusMetrics({ register, tags: ['import', 'slow'] }));
    for (const tags of [['import'], ['import', 'slow', 'customer:1'], ['customer:2'], []])
      await queue.withDelay(Shop, { tags }).many();
    await eventually(async () =>
      expect(await register.metrics()).toMatch(/^queue_job_attempts_total\{.*outcome="done"\} 4$/m),
    );
    const text = await register.metrics();
    expect(
      [...text.matchAll(/^queue_job_tagged_\w+(?:_total|_count)\{.*$/gm)].map(([line]) => line).toSorted(),
    ).toEqual([
      'queue_job_tagged_attempts_total{tag="import",outcome="done"} 2',
      'queue_job_tagged_attempts_total{tag="slow",outcome="done"} 1',
      'queue_job_tagged_run_seconds_count{tag="import"} 2',
      'queue_job_tagged_run_seconds_count{tag="slow"} 1',
      'queue_job_tagged_wait_seconds_count{tag="import"} 2',
      'queue_job_tagged_wait_seconds_count{tag="slow"} 1',
    ]);
    expect(text).not.toContain('customer:');
  });

  it.each<[string, (options: object) => unknown]>([
    ['prometheusMetrics', prometheusMetrics],
    ['openTelemetryMetrics', openTelemetryMetrics],
  ])('take at most fifty tags: %s', (_, make) => {
    const many = Array.from({ length: 51 }, (__, at) => `t${at}`);
    for (const tags of ['import', [''], [5], null, many])
      expect(() => make({ tags })).toThrow('a list of at most 50 tags, each a string of 1 to 100 characters');
    make({ tags: many.slice(1) });
  });

  it('leave the registry as it was when the application ends, and harm nothing when the database is away', async () => {
    const register = new Registry();
    const { app } = await start(prometheusMetrics({ register }));
    const read = jest.spyOn(app.get(MetricsReporter)['levels'], 'get');
    read.mockRejectedValue(new Error('away'));
    expect(await register.metrics()).toContain('# TYPE queue_job_attempts_total counter');
    await test?.close();
    test = undefined;
    expect(await register.metrics()).not.toContain('queue_job');
  });

  it('are no reason for an attempt to fail where what they go to throws', async () => {
    const { queue } = await start({
      start: () => () => undefined,
      record: () => {
        throw new Error('no room');
      },
    });
    const job = await queue.withDelay(Shop).sell('well');
    await queue.finished(job.uuid);
  });

  it('go to OpenTelemetry under the same names', async () => {
    const reader = new PrometheusExporter({ preventServerStart: true });
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    await work(await start(openTelemetryMetrics()));
    const serializer = new PrometheusSerializer();
    await eventually(async () => {
      const { resourceMetrics } = await reader.collect();
      const text = serializer.serialize(resourceMetrics);
      expect(text).toMatch(/queue_job_attempts_total\{[^}]*outcome="failed"[^}]*\} 2/);
      expect(text).toMatch(/queue_job_channel_capacity\{[^}]*channel="root.shop"[^}]*\} 4/);
      expect(text).toMatch(/queue_job_(?:run|run_seconds)_count\{[^}]*job="Shop.sell"[^}]*\} 5/);
    });
    metrics.disable();
  });
});

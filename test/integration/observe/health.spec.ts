import { Controller, Get, type INestApplication, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheck, type HealthCheckResult, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Client } from 'pg';
import supertest from 'supertest';
import {
  ChannelService,
  Job,
  JobRunner,
  NodeService,
  QueueHealthService,
  QueueJobModule,
  QueueService,
} from '../../../lib/index.js';
import { QueueJobHealthIndicator } from '../../../lib/terminus.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect } from '../../support/recorder-jobs.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

@Injectable()
class Mail {
  @Job({ defaultChannel: 'root.mail.bulk' })
  async send(): Promise<void> {}
}

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly queue: QueueJobHealthIndicator,
  ) {}

  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.queue.isHealthy('queue', { maxWait: '2 min', timeout: 1_000 })]);
  }
}

describe('the health of the queue', () => {
  let database: TestDatabase;
  let client: Client;
  let proxy: TcpProxy;
  let app: INestApplication;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
    proxy = await TcpProxy.start(database.url);
    @Module({
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: proxy.through(database.url),
          autoLoadEntities: true,
          retryAttempts: 1,
        }),
        QueueJobModule.forRoot({ runner: { shutdownTimeout: 0 } }),
        TerminusModule.forRoot({ logger: false }),
      ],
      controllers: [HealthController],
      providers: [Mail, QueueJobHealthIndicator],
    })
    class Application {}
    app = await NestFactory.create(Application, { logger: false });
    await app.listen(0, '127.0.0.1');
  });

  afterEach(async () => {
    await app.close();
    await proxy.close();
    await client.end();
    await database.drop();
  });

  const ask = async (): Promise<{ code: number; status: string; queue: Record<string, unknown> }> => {
    const { statusCode, body } = await supertest(app.getHttpServer()).get('/health/ready');
    const { status, details } = body as HealthCheckResult;
    return { code: statusCode, status, queue: details['queue'] ?? {} };
  };

  it('is up if jobs are stored and run', async () => {
    expect(await ask()).toEqual({
      code: 200,
      status: 'ok',
      queue: { status: 'up', reasons: [], runner: 'running', oldestWaiting: null, pausedChannels: [] },
    });
  });

  it('is degraded, and still answers 200, if a channel is paused while jobs wait below it', async () => {
    await app.get(ChannelService).pause('root.mail');
    expect(await ask()).toMatchObject({ code: 200, status: 'ok' });
    await app.get(QueueService).withDelay(Mail).send();
    await eventually(async () =>
      expect(await ask()).toMatchObject({
        code: 200,
        status: 'degraded',
        queue: {
          status: 'degraded',
          pausedChannels: ['root.mail'],
          reasons: ['The channel root.mail is paused, and jobs wait in it'],
        },
      }),
    );
    await app.get(ChannelService).resume('root.mail');
    await eventually(async () => expect(await ask()).toMatchObject({ status: 'ok' }));
  });

  it('is degraded if a ready job has waited longer than the bound', async () => {
    await client.query(
      `INSERT INTO queue_job (uuid, name, description, channel, state, phase, date_created)
       VALUES (gen_random_uuid(), 'Nobody.knows', 'x', 'root', 'pending', 2, now() - interval '3 minutes')`,
    );
    await eventually(async () => {
      const { status, queue } = await ask();
      expect(status).toBe('degraded');
      expect(queue['oldestWaiting']).toBeGreaterThanOrEqual(180);
      expect(queue['reasons']).toEqual([
        expect.stringMatching(/^A job has been ready for \d+ s, longer than 120 s$/),
      ]);
    });
    const health = app.get(QueueHealthService);
    expect(await health.check({ maxWait: null })).toMatchObject({ status: 'up' });
    expect(await health.check({ maxWait: '1 day' })).toMatchObject({ status: 'up' });
  });

  it('is degraded while the node has no session, and up when it has one again', async () => {
    const { nodeId } = app.get(JobRunner);
    // A new session writes its backend into this row, and waits for it.
    await client.query('BEGIN');
    const { rows } = await client.query<{ backend: number }>(
      'SELECT backend FROM queue_job_node WHERE id = $1 FOR UPDATE',
      [nodeId],
    );
    await client.query('SELECT pg_terminate_backend($1)', [rows[0]?.backend]);
    await eventually(async () =>
      expect(await ask()).toMatchObject({
        code: 200,
        status: 'degraded',
        queue: { runner: 'disconnected', reasons: [expect.stringContaining('lost its session')] },
      }),
    );
    await client.query('COMMIT');
    await eventually(async () => expect(await ask()).toMatchObject({ status: 'ok' }), 30_000);
  });

  it('is degraded if somebody has stopped the runner', async () => {
    const { nodeId } = app.get(JobRunner);
    await app.get(NodeService).stop(nodeId as number);
    await eventually(async () =>
      expect(await ask()).toMatchObject({ status: 'degraded', queue: { runner: 'stopped' } }),
    );
  });

  it('is down, with 503, if PostgreSQL does not answer in time', async () => {
    proxy.freeze();
    const { code, status, queue } = await ask();
    expect({ code, status, queue }).toMatchObject({
      code: 503,
      status: 'error',
      queue: { status: 'down', reasons: ['PostgreSQL has not answered within 1000 ms'] },
    });
    proxy.thaw();
    await eventually(async () => expect(await ask()).toMatchObject({ code: 200 }), 30_000);
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, type INestApplication, Injectable, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createObserveModule, TracerService } from '@nestjs/observe';
import { TypeOrmModule } from '@nestjs/typeorm';
import supertest from 'supertest';
import { DataSource } from 'typeorm';
import { currentJob, Job, type JobMetrics, QueueJobModule, QueueService } from '../../../lib/index.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Shop {
  constructor(private readonly queue: QueueService) {}

  @Job({ transactional: true })
  async sell(item: string): Promise<string> {
    await currentJob().manager.query('SELECT 1');
    await this.queue.withDelay(Shop).pack(item);
    return `sold ${item}`;
  }

  @Job()
  async pack(item: string): Promise<string> {
    return `packed ${item}`;
  }
}

@Controller()
class ShopController {
  constructor(
    private readonly queue: QueueService,
    private readonly dataSource: DataSource,
  ) {}

  @Post('orders')
  async order(): Promise<{ uuid: string }> {
    return this.dataSource.transaction(async (manager) => {
      const { uuid } = await this.queue.withDelay(Shop, { manager }).sell('a cup');
      return { uuid };
    });
  }

  @Post('refused')
  async refused(): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await this.queue.withDelay(Shop, { manager }).sell('nothing');
      throw new Error('out of stock');
    });
  }
}

/** The counters of the service that an application sees in its dashboard. */
const figuresFor = (tracer: TracerService): JobMetrics => ({
  start: () => () => undefined,
  record: ({ metric, labels, value }) => {
    if (metric === 'attempts') tracer.counter(`queue_job_${labels['outcome']}`).increment(value);
  },
});

describe("Nest's own observability package", () => {
  let database: TestDatabase;
  /** Takes what is reported, in place of the service on the internet. */
  let collector: Server;
  let app: INestApplication;

  beforeAll(async () => {
    database = await createTestDatabase();
    collector = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(202).end('{}'));
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { ObserveModule, ObserveInstrument } = createObserveModule();
    @Module({
      imports: [
        ObserveModule.forRoot({
          appKey: 'key',
          appSecret: 'secret',
          serviceId: 'shop',
          endpoint: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
        }),
        TypeOrmModule.forRoot({ type: 'postgres', url: database.url, autoLoadEntities: true }),
        QueueJobModule.forRootAsync({
          inject: [TracerService],
          useFactory: (tracer: TracerService) => ({ metrics: figuresFor(tracer) }),
        }),
      ],
      controllers: [ShopController],
      providers: [Shop],
    })
    class Application {}
    app = await NestFactory.create(Application, {
      logger: false,
      abortOnError: false,
      ...(ObserveInstrument === undefined ? {} : { instrument: ObserveInstrument }),
    });
    await app.listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    await app.close();
    collector.closeAllConnections();
    collector.close();
    await database.drop();
  });

  it('lets an application start, its calls join transactions, and its jobs run', async () => {
    const queue = app.get(QueueService);
    await supertest(app.getHttpServer()).post('/refused').expect(500);
    const { body } = await supertest(app.getHttpServer()).post('/orders').expect(201);
    const { uuid } = body as { uuid: string };
    await queue.finished(uuid);
    expect((await queue.find(uuid))?.result).toBe('sold a cup');
    const packed = await eventually(async () => {
      const [job] = await queue.list({ name: 'Shop.pack' });
      expect(job?.state).toBe('done');
      return job;
    });
    expect(packed?.result).toBe('packed a cup');
    expect((await queue.list()).length).toBe(2);
  });

  it('shows the figures of jobs as counters of its own', async () => {
    const counter = app.get(TracerService).counter('queue_job_done');
    await eventually(() => expect(counter.getValue()).toBe(2));
  });
});

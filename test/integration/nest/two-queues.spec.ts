import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InvalidModuleOptionError, Job, QueueJobModule, QueueService } from '../../../lib/index.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Worker {
  @Job()
  async run(value: string): Promise<string> {
    return value;
  }
}

@Injectable()
class Shop {
  constructor(readonly queue: QueueService) {}
}

@Injectable()
class Archive {
  constructor(readonly queue: QueueService) {}
}

describe('two queues in one application', () => {
  let shop: TestDatabase;
  let archive: TestDatabase;

  beforeAll(async () => {
    [shop, archive] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  });

  afterAll(async () => {
    await shop.drop();
    await archive.drop();
  });

  const sources = () => [
    TypeOrmModule.forRoot({ type: 'postgres', url: shop.url, autoLoadEntities: true }),
    TypeOrmModule.forRoot({ type: 'postgres', url: archive.url, autoLoadEntities: true, name: 'archive' }),
  ];

  it('are refused where both are global, for a service that is injected is of one', async () => {
    @Module({
      imports: [...sources(), QueueJobModule.forRoot(), QueueJobModule.forRoot({ dataSource: 'archive' })],
      providers: [Worker],
    })
    class Application {}
    const refused = NestFactory.createApplicationContext(Application, { logger: false, abortOnError: false });
    await expect(refused).rejects.toThrow(InvalidModuleOptionError);
    await expect(refused).rejects.toThrow('imported more than once as a global module');
  });

  it('work where each belongs to the modules that import it', async () => {
    @Module({
      imports: [QueueJobModule.forRoot({ isGlobal: false })],
      providers: [Shop],
    })
    class ShopModule {}
    @Module({
      imports: [QueueJobModule.forRoot({ isGlobal: false, dataSource: 'archive' })],
      providers: [Archive],
    })
    class ArchiveModule {}
    @Module({ imports: [...sources(), ShopModule, ArchiveModule], providers: [Worker] })
    class Application {}
    const app = await NestFactory.createApplicationContext(Application, {
      logger: ['error'],
      abortOnError: false,
    });
    const queues = [app.get(Shop).queue, app.get(Archive).queue];
    for (const [at, queue] of queues.entries()) {
      const job = await queue.withDelay(Worker).run(`job ${at}`);
      await expect(queue.finished(job, { timeout: 5_000 })).resolves.toBe(`job ${at}`);
      expect(await queues[1 - at]?.find(job.uuid)).toBeNull();
    }
    await app.close();
  });
});

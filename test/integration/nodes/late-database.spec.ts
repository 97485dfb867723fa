import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Server } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Job } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { LogBook } from '../../support/log-book.js';

@Injectable()
class Greeter {
  @Job()
  async greet(): Promise<string> {
    return Promise.resolve('hello');
  }
}

describe('an application whose database is down when it starts', () => {
  let database: TestDatabase;
  let door: Server | undefined;
  let test: TestApplication | undefined;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(async () => {
    await test?.close();
    door?.close();
    await database.drop();
  });

  it('is tried again as TypeOrmModule does, and runs its jobs once the database is there', async () => {
    const target = new URL(database.url);
    const opened = createServer((near) => {
      const far = connectTcp(Number(target.port === '' ? 5432 : target.port), target.hostname);
      near.pipe(far).pipe(near);
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
    });
    // A port that is free now, and where nobody listens until the first attempt has failed.
    opened.listen(0, '127.0.0.1');
    await once(opened, 'listening');
    const { port } = opened.address() as AddressInfo;
    await new Promise((resolve) => opened.close(resolve));
    door = opened;

    const log = new LogBook();
    const url = new URL(database.url);
    url.hostname = '127.0.0.1';
    url.port = String(port);
    const starting = startApplication({
      url: url.href,
      providers: [Greeter],
      logger: log,
      dataSource: { retryAttempts: 50, retryDelay: 100 },
    });
    await eventually(() => {
      expect(log.entries.some(({ message }) => message.startsWith('Unable to connect'))).toBe(true);
    });
    opened.listen(port, '127.0.0.1');
    test = await starting;
    const job = await test.queue.withDelay(Greeter).greet();
    await expect(test.queue.finished(job, { timeout: 5_000 })).resolves.toBe('hello');
  });
});

import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Job, QueueService } from 'nestjs-queue-job';
import { type QueueJobTesting, queueJobTesting, QueueJobTestingModule } from 'nestjs-queue-job/testing';

@Injectable()
class MailService {
  readonly sent: string[] = [];

  @Job()
  async send(to: string): Promise<string> {
    this.sent.push(to);
    return `sent to ${to}`;
  }
}

@Injectable()
class OrderService {
  constructor(private readonly queue: QueueService) {}

  async order(mail: string): Promise<void> {
    await this.queue.withDelay(MailService, { priority: 5 }).send(`confirm ${mail}`);
    await this.queue.withDelay(MailService).send(`invoice ${mail}`);
    await this.queue.withDelay(MailService, { eta: '7 days' }).send(`survey ${mail}`);
  }
}

/** As the tests of an application: no PostgreSQL, and nothing of `AppModule`. */
describe('an order', () => {
  let module: TestingModule;
  let jobs: QueueJobTesting;

  const start = async (mode: 'fake' | 'inline'): Promise<void> => {
    module = await Test.createTestingModule({
      imports: [QueueJobTestingModule.forRoot({ mode })],
      providers: [MailService, OrderService],
    }).compile();
    await module.init();
    jobs = queueJobTesting(module);
  };

  afterEach(async () => module.close());

  it('enqueues three mails, which run when the test wants them to', async () => {
    await start('fake');
    const { sent } = module.get(MailService);
    const begun = performance.now();
    await module.get(OrderService).order('ada');
    console.log(`three calls, fake: ${Math.round(performance.now() - begun)} ms`);
    jobs.expectEnqueued(MailService, 'send', { times: 3 });
    jobs.expectEnqueued(MailService, 'send', { args: ['confirm ada'], properties: { priority: 5 } });
    expect(sent).toEqual([]);
    await jobs.performEnqueued();
    expect(sent).toEqual(['confirm ada', 'invoice ada']);
    await jobs.advanceTime('7 days');
    await jobs.performEnqueued();
    expect(sent).toEqual(['confirm ada', 'invoice ada', 'survey ada']);
  });

  it('sends its mails at once', async () => {
    await start('inline');
    const begun = performance.now();
    await module.get(OrderService).order('ada');
    const took = performance.now() - begun;
    expect(module.get(MailService).sent).toEqual(['confirm ada', 'invoice ada']);
    console.log(`three calls, inline: ${Math.round(took)} ms`);
  });

  it('says what was enqueued instead, and what comes nearest', async () => {
    await start('fake');
    await module.get(OrderService).order('ada');
    expect(() => jobs.expectEnqueued(MailService, 'send', { args: ['confirm bob'] })).toThrow(
      /confirm bob[\s\S]*confirm ada/,
    );
  });
});

import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  InvalidJobOptionError,
  Job,
  type JobEvent,
  OnJobEvent,
  QueueService,
  RetryableJobError,
} from '../../../lib/index.js';
import { queueJobTesting, QueueJobTestingModule } from '../../../lib/testing.js';
import { encodeEvents, readEvents } from '../../../lib/store/notify/event-text.js';

const decorate = (...given: unknown[]) => {
  class Listener {
    hear(): void {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(Listener.prototype, 'hear') as PropertyDescriptor;
  (Reflect.apply(OnJobEvent, undefined, given) as MethodDecorator)(Listener.prototype, 'hear', descriptor);
};

describe('@OnJobEvent', () => {
  it.each([
    [[undefined], 'the types must be one or several of enqueued, started'],
    [['gone'], "not 'gone'"],
    [[['done', 'gone']], 'the types must be'],
    [[[]], 'the types must be'],
    [['done', null], 'its options must be an object, not null'],
    [
      ['done', { channels: 'a' }],
      "the option 'channels' is unknown; the options are: name, channel, tags, scope",
    ],
    [['done', { name: '' }], 'name must be the name of a job or a list of names'],
    [['done', { name: [] }], 'name must be'],
    [['done', { channel: 'a b' }], 'a b'],
    [['done', { channel: 5 }], '5'],
    [['done', { tags: 'a' }], 'tags must be a list'],
    [['done', { scope: 'all' }], "scope must be 'process' or 'cluster', not 'all'"],
  ])('%j is refused', (given, says) => {
    expect(() => decorate(...given)).toThrow(InvalidJobOptionError);
    expect(() => decorate(...given)).toThrow('@OnJobEvent on Listener.hear: ');
    expect(() => decorate(...given)).toThrow(says);
  });

  it('is heard in tests without a database, with noDelay not included', async () => {
    const heard: [string, JobEvent['type']][] = [];
    @Injectable()
    class Base {
      @OnJobEvent('done')
      onDone({ type }: JobEvent): void {
        heard.push(['base', type]);
      }
    }
    @Injectable()
    class Mails extends Base {
      tries = 0;

      @Job()
      async send(): Promise<void> {
        this.tries += 1;
        if (this.tries === 1) throw new RetryableJobError('once more', { seconds: 0 });
      }

      @OnJobEvent(['enqueued', 'retried'])
      @OnJobEvent('done')
      all({ type }: JobEvent): void {
        heard.push(['own', type]);
      }
    }
    const app = await Test.createTestingModule({
      imports: [QueueJobTestingModule.forRoot({ mode: 'fake' })],
      providers: [Mails],
    }).compile();
    await app.init();
    await app.get(QueueService).withDelay(Mails).send();
    await queueJobTesting(app).performEnqueued();
    expect(heard).toEqual([
      ['own', 'enqueued'],
      ['own', 'retried'],
      ['own', 'done'],
      ['base', 'done'],
    ]);
    await app.close();
  });
});

describe('the text of events', () => {
  const event = (more: Partial<JobEvent> = {}): JobEvent => ({
    type: 'failed',
    job: {
      uuid: 'u',
      name: 'A.b',
      description: 'd',
      channel: 'root',
      tags: ['t'],
      attempt: 1,
      maxRetries: 5,
    },
    at: new Date(1_000),
    node: 7,
    durationMs: 12,
    error: { name: 'Error', message: 'm' },
    nextAttemptAt: new Date(2_000),
    ...more,
  });
  const read = (texts: readonly string[]): JobEvent[] =>
    texts.flatMap((text) => readEvents(JSON.parse(text)));

  it('is read as it was, in pieces that fit into a notification', () => {
    const events = Array.from({ length: 100 }, (_, node) => event({ node }));
    const texts = encodeEvents(events);
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThan(7_000);
    expect(read(texts)).toEqual(events);
  });

  it('leaves out what fits into none', () => {
    const tags = Array.from({ length: 20 }, () => 'ü'.repeat(400));
    expect(encodeEvents([event({ job: { ...event().job, tags } }), event()]).length).toBe(1);
  });

  it.each([
    [[null, 5, 'a', []]],
    [[{ ...event(), type: 'gone' }]],
    [[{ ...event(), at: 'never' }]],
    [[{ ...event(), job: { ...event().job, tags: [5] } }]],
    [{}],
  ])('is no event in any other form: %j', (given) => {
    expect(readEvents(JSON.parse(JSON.stringify(given)))).toEqual([]);
  });
});

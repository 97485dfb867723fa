import { checkModuleOptions } from '../../lib/queue-job.options.js';
import { QueueJobError } from '../../lib/errors/queue-job.error.js';

const check = (options: Record<string, unknown>) => checkModuleOptions(options);

describe('the options of the module', () => {
  afterEach(() => {
    Reflect.deleteProperty(process.env, 'QUEUE_JOB__NO_DELAY');
    Reflect.deleteProperty(process.env, 'TEST_QUEUE_JOB_NO_DELAY');
  });

  it('can all be left out', () => {
    expect(check({})).toMatchObject({
      schema: undefined,
      migrate: true,
      version: null,
      channels: undefined,
      autoStart: true,
      noDelay: false,
      removalInterval: 30 * 24 * 60 * 60 * 1000,
      runner: {
        concurrency: 10,
        channels: null,
        pollInterval: 2_000,
        leaseDuration: 15_000,
        shutdownTimeout: 30_000,
        listen: true,
      },
    });
  });

  it('take durations, and null for ever', () => {
    expect(check({ removalInterval: '7 days' }).removalInterval).toBe(7 * 24 * 60 * 60 * 1000);
    expect(check({ removalInterval: null }).removalInterval).toBeNull();
    expect(check({ runner: { pollInterval: '5 s', shutdownTimeout: '1m' } }).runner).toMatchObject({
      pollInterval: 5_000,
      shutdownTimeout: 60_000,
    });
  });

  it('take channels with and without root', () => {
    expect(check({ runner: { channels: ['erp', 'root.mail'] } }).runner.channels).toEqual([
      'root.erp',
      'root.mail',
    ]);
    expect(check({ defaults: { channel: 'erp' } }).channel).toBe('root.erp');
  });

  it('keep the settings of a runner that does not start by itself', () => {
    expect(check({ runner: false })).toMatchObject({ autoStart: false, runner: { concurrency: 10 } });
  });

  it.each(['QUEUE_JOB__NO_DELAY', 'TEST_QUEUE_JOB_NO_DELAY'])('look at %s in the environment', (name) => {
    process.env[name] = '1';
    expect(check({}).noDelay).toBe(true);
    expect(check({ noDelay: false }).noDelay).toBe(false);
    process.env[name] = '0';
    expect(check({}).noDelay).toBe(false);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ channel: 'root:1' }, `QueueJobModule.forRoot() has no option 'channel'; its options are schema`],
    [{ runner: { concurency: 1 } }, `runner has no option 'concurency'; its options are concurrency`],
    [{ defaults: { eta: 1 } }, `defaults has no option 'eta'`],
    [{ schema: '' }, 'schema must be the name'],
    [{ schema: 5 }, 'schema must be the name'],
    [{ migrate: 'no' }, `migrate must be true or false, not 'no'`],
    [{ noDelay: 1 }, 'noDelay must be true or false, not 1'],
    [{ channels: 'root:x' }, 'root:x'],
    [{ channels: [{ name: 'erp', capacity: -1 }] }, 'erp'],
    [{ runner: true }, 'runner must be'],
    [{ runner: null }, 'runner must be'],
    [{ defaults: null }, 'defaults must be'],
    [{ runner: { concurrency: 0 } }, 'runner.concurrency must be a whole number from 1 to 10000, not 0'],
    [{ runner: { concurrency: '5' } }, 'runner.concurrency must be'],
    [{ runner: { channels: [] } }, 'runner.channels must be a list'],
    [{ runner: { channels: 'erp' } }, 'runner.channels must be a list'],
    [{ runner: { channels: ['a..b'] } }, 'a..b'],
    [{ runner: { pollInterval: 1 } }, 'runner.pollInterval must be at least 10, not 1'],
    [{ runner: { leaseDuration: 500 } }, 'runner.leaseDuration must be at least 1000, not 500'],
    [{ runner: { shutdownTimeout: 'soon' } }, 'runner.shutdownTimeout must be'],
    [{ runner: { listen: 'no' } }, 'runner.listen must be true or false'],
    [{ defaults: { priority: -1 } }, 'priority must be'],
    [{ defaults: { maxRetries: 1.5 } }, 'maxRetries must be'],
    [{ defaults: { retryPattern: { 1: -1 } } }, 'retryPattern[1] must be'],
    [{ defaults: { retryOn: 'all' } }, `retryOn must be 'retryable', 'any' or a function`],
    [{ userId: 'ada' }, 'userId must be a function, not'],
    [{ entityUrl: '/x' }, 'entityUrl must be a function, not'],
    [{ context: {} }, 'context.capture must be a function'],
    [{ context: { capture: () => 1 } }, 'context.run must be a function'],
    [{ context: null }, 'context must be an object'],
    [{ context: { capture: () => 1, run: () => 1, store: 1 } }, `context has no option 'store'`],
    [{ removalInterval: -1 }, 'removalInterval must be'],
  ])('refuse %j', (options, message) => {
    expect(() => check(options)).toThrow(QueueJobError);
    expect(() => check(options)).toThrow(message);
  });
});

import fc from 'fast-check';

import { InvalidJobOptionError } from '../../../lib/errors/invalid-job-option.error.js';
import { identityExact } from '../../../lib/job/identity-key.js';
import {
  type JobFunctionOptions,
  resolveDescription,
  validateJobFunctionOptions,
} from '../../../lib/job/job-function-options.js';
import {
  DEFAULT_MAX_RETRIES,
  DEFAULT_PRIORITY,
  type JobOptions,
  validateJobOptions,
} from '../../../lib/job/job-options.js';

const WHERE = 'ExportService.exportOne';
const key = (): string => 'k';

/** Property, value, and what the message must say: true of a call and of @Job() alike. */
const WRONG_FOR_BOTH: [string, unknown, string][] = [
  ['priority', -1, 'priority must be a whole number from 0 to 2147483647 (0 is the highest), not -1.'],
  ['priority', 1.5, 'not 1.5.'],
  ['priority', NaN, 'not NaN.'],
  ['priority', Infinity, 'not Infinity.'],
  ['priority', 2 ** 31, 'not 2147483648.'],
  ['priority', '10', "not '10'."],
  ['priority', null, 'not null.'],
  ['maxRetries', -1, 'maxRetries must be a whole number from 0 to 2147483647 (0 is without end), not -1.'],
  ['maxRetries', 0.5, 'not 0.5.'],
  ['maxRetries', '5', "not '5'."],
  [
    'description',
    '',
    'description must be a string of 1 to 1000 characters, not blank and without NUL or lone surrogates',
  ],
  ['description', '  \n', 'description must be'],
  ['description', 'a\0b', 'description must be'],
  ['description', 'x'.repeat(1001), 'description must be'],
  ['description', 5, 'not 5.'],
  ['identityKey', '', 'identityKey must be a string of 1 to 255 characters'],
  ['identityKey', 'k'.repeat(256), '(256 characters)'],
  [
    'identityKey',
    5,
    'identityKey must be a string of 1 to 255 characters, or a function that gives one, not 5.',
  ],
  [
    'identityScope',
    'ever',
    "identityScope must be 'waiting' or 'until_done' or a window such as { window: '5 min' }, not 'ever'.",
  ],
  [
    'tags',
    'import',
    'tags must be a list of at most 20 tags, each a string of 1 to 100 characters, not blank and',
  ],
  ['tags', Array.from({ length: 21 }, (_, at) => `tag ${at}`), 'tags must be a list of at most 20 tags'],
  ['onParentFailed', 'fail', "onParentFailed must be 'wait' or 'cancel' or 'run', not 'fail'."],
  ['startBefore', -1, 'startBefore must be seconds from now'],
  ['startBefore', 0, 'startBefore must be in the future, and 0 has passed'],
];

describe('the properties given at a call', () => {
  it('default to priority 10 and 5 tries', () => {
    expect([DEFAULT_PRIORITY, DEFAULT_MAX_RETRIES]).toEqual([10, 5]);
  });

  it('are given back as they are, the eta read', () => {
    const options: JobOptions = {
      priority: 30,
      eta: '5h',
      maxRetries: 0,
      description: 'Export',
      channel: 'erp',
      identityKey: identityExact,
      identityScope: 'until_done',
      noDelay: true,
    };
    expect(validateJobOptions(options)).toEqual({ ...options, eta: { inSeconds: 18_000 } });
  });

  it('have each tag once, in their order', () => {
    const tags = ['b', 'a', 'b', ...Array.from({ length: 30 }, () => 'c')];
    expect(validateJobOptions({ tags })).toEqual({ tags: ['b', 'a', 'c'] });
  });

  it('have a copy of the tags, which the caller may change', () => {
    const tags = ['a'];
    const valid = validateJobOptions({ tags });
    tags.push('b');
    expect(valid).toEqual({ tags: ['a'] });
  });

  it.each<[JobOptions['startBefore'], unknown]>([
    ['10 min', { inSeconds: 600 }],
    [0.5, { inSeconds: 0.5 }],
    [new Date('2100-01-01T00:00:00Z'), { at: new Date('2100-01-01T00:00:00Z') }],
  ])('may have to begin before %p', (startBefore, read) => {
    expect(validateJobOptions({ startBefore })).toEqual({ startBefore: read });
  });

  it.each<JobOptions>([
    { startBefore: '10 min', eta: '10 min' },
    { startBefore: 60, eta: new Date('2100-01-01T00:00:00Z') },
    { startBefore: new Date('2100-01-01T00:00:00Z'), eta: new Date('2100-01-02T00:00:00Z') },
  ])('are refused where the job would have to begin before its eta: %j', (options) => {
    expect(() => validateJobOptions(options)).toThrow('startBefore must be later than eta');
  });

  it('are refused where the moment to begin before has passed', () => {
    const startBefore = new Date(Date.now() - 1_000);
    expect(() => validateJobOptions({ startBefore })).toThrow('startBefore must be in the future');
  });

  it.each<JobOptions>([
    { priority: 0 },
    { priority: 2_147_483_647 },
    { maxRetries: 0 },
    { maxRetries: 2_147_483_647 },
    { description: 'x'.repeat(1000) },
    { identityKey: 'k'.repeat(255) },
    { identityScope: 'waiting' },
    { noDelay: false },
  ])('may be %j', (options) => {
    expect(validateJobOptions(options)).toEqual(options);
  });

  it('count as not given where they are undefined, or all is', () => {
    expect(validateJobOptions(undefined)).toStrictEqual({});
    expect(
      validateJobOptions({
        priority: undefined,
        eta: undefined,
        maxRetries: undefined,
        description: undefined,
        channel: undefined,
        identityKey: undefined,
        identityScope: undefined,
        noDelay: undefined,
      }),
    ).toStrictEqual({});
  });

  it.each<[string, unknown, string]>([
    ...WRONG_FOR_BOTH,
    ['eta', -1, 'eta must be seconds from now'],
    ['eta', '5', "not '5'."],
    ['channel', '', 'channel must be a string of 1 to 255 characters'],
    ['channel', ' erp', "not ' erp'."],
    ['channel', 5, 'not 5.'],
    ['noDelay', 'false', "noDelay must be true or false, not 'false'."],
    ['noDelay', 1, 'not 1.'],
  ])('are refused: %s as %p', (property, value, message) => {
    const check = (): unknown => validateJobOptions({ [property]: value });
    expect(check).toThrow(InvalidJobOptionError);
    expect(check).toThrow(new RegExp(`^${property} must be`));
    expect(check).toThrow(message);
  });

  it.each([null, 5, 'priority', [], true])('are an object, not %j', (options) => {
    expect(() => validateJobOptions(options as JobOptions)).toThrow(/^The options must be an object, not /);
  });

  it.each([
    ['max_retries', 'maxRetries'],
    ['identity_key', 'identityKey'],
    ['priorty', 'priority'],
    ['Priority', 'priority'],
    ['chanel', 'channel'],
    ['defaultChannel', 'channel'],
    ['retries', 'maxRetries'],
  ])('are refused where one is unknown, with what was meant: %s, %s', (given, meant) => {
    expect(() => validateJobOptions({ [given]: 5 })).toThrow(
      `The property '${given}' is unknown. Did you mean ${meant}? The properties are: priority, eta, maxRetries, description, channel, identityKey, identityScope, onDuplicate, maxWait, tags, startBefore, onParentFailed, noDelay.`,
    );
  });

  it.each(['colour', 'toString', '__proto__', 'constructor'])(
    'are refused where one is unknown and like no other: %s',
    (given) => {
      const options = JSON.parse(`{"${given}": 5}`) as JobOptions;
      expect(() => validateJobOptions(options)).toThrow(
        `The property '${given}' is unknown. The properties are: priority,`,
      );
    },
  );

  it('are refused where an unknown one is undefined: it is a slip all the same', () => {
    expect(() => validateJobOptions({ max_retries: undefined } as JobOptions)).toThrow(
      /Did you mean maxRetries/,
    );
  });

  it('shorten a long value in the message', () => {
    expect(() => validateJobOptions({ description: 'x'.repeat(1_000_000) })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{1,300}$/) as string }),
    );
  });

  it('are refused with InvalidJobOptionError only, whatever they are, in a message of one line', () => {
    const names = [
      'priority',
      'eta',
      'maxRetries',
      'description',
      'channel',
      'identityKey',
      'identityScope',
      'noDelay',
    ] as const;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.oneof(fc.dictionary(fc.constantFrom(...names), fc.anything()), fc.anything()),
        (options) => {
          try {
            expect(typeof validateJobOptions(options as JobOptions)).toBe('object');
          } catch (error) {
            refused += 1;
            expect(error).toBeInstanceOf(InvalidJobOptionError);
            expect((error as Error).message).toMatch(/^[^\n]{1,500}$/);
          }
        },
      ),
    );
    expect(refused).toBeGreaterThan(0);
  });
});

describe('the options of @Job()', () => {
  it('are given back as they are, the timeout in milliseconds', () => {
    const retryOn = (): boolean => true;
    const options: JobFunctionOptions = {
      name: 'Export.one',
      defaultChannel: 'erp',
      retryPattern: { 1: 10, 5: [60, 120] },
      priority: 0,
      maxRetries: 0,
      description: (id: number) => `Export ${id}`,
      identityKey: key,
      identityScope: 'until_done',
      timeout: '2 min',
      transactional: true,
      retryOn,
      missing: 'null',
    };
    const valid = validateJobFunctionOptions(options, WHERE);
    expect(valid).toEqual({ ...options, timeout: 120_000 });
    expect(Object.isFrozen(valid)).toBe(true);
  });

  it.each<JobFunctionOptions>([
    { timeout: 0.5 },
    { timeout: 2_147_483_647 },
    { retryOn: 'any' },
    { retryOn: 'retryable' },
    { missing: 'throw' },
    { transactional: false },
    { description: 'Export' },
    { name: 'x'.repeat(255) },
    { identityKey: 'k' },
  ])('may be %j', (options) => {
    expect(validateJobFunctionOptions(options, WHERE)).toEqual(options);
  });

  it('count as not given where they are undefined, or all is', () => {
    expect(validateJobFunctionOptions(undefined, WHERE)).toStrictEqual({});
    expect(
      validateJobFunctionOptions(
        { name: undefined, retryPattern: undefined, timeout: undefined, retryOn: undefined },
        WHERE,
      ),
    ).toStrictEqual({});
  });

  it.each<[string, unknown, string]>([
    ...WRONG_FOR_BOTH,
    [
      'name',
      '',
      'name must be a string of 1 to 255 characters without NUL or lone surrogates, and without blanks at its ends',
    ],
    ['name', ' Export.one', "not ' Export.one'."],
    ['name', 'Export.one\n', 'name must be'],
    ['name', 'a\0b', 'name must be'],
    ['name', 'x'.repeat(256), 'name must be'],
    ['defaultChannel', '', 'defaultChannel must be a string of 1 to 255'],
    ['retryPattern', {}, 'retryPattern is empty'],
    ['retryPattern', { 1: -1 }, 'retryPattern[1] must be whole seconds'],
    ['timeout', 0, 'timeout must be above 0; leave it out for no limit, not 0.'],
    ['timeout', '0s', "timeout must be above 0; leave it out for no limit, not '0s'."],
    ['timeout', -1, 'timeout must be milliseconds of at least 0 or a duration'],
    ['timeout', '5000', "not '5000'."],
    ['timeout', 2_147_483_648, '25 days at most, not 2147483648.'],
    ['timeout', '30 days', "25 days at most, not '30 days'."],
    ['transactional', 'true', 'transactional must be true or false'],
    [
      'retryOn',
      'all',
      "retryOn must be 'retryable', 'any' or a function (error, job) => boolean, not 'all'.",
    ],
    ['retryOn', ['any'], 'retryOn must be'],
    ['missing', null, "missing must be 'throw' or 'null', not null."],
  ])('are refused, and the method named: %s as %p', (property, value, message) => {
    const check = (): unknown => validateJobFunctionOptions({ [property]: value }, WHERE);
    expect(check).toThrow(InvalidJobOptionError);
    expect(check).toThrow(new RegExp(`^ExportService\\.exportOne: ${property}`));
    expect(check).toThrow(message);
  });

  it('are refused where one is unknown', () => {
    expect(() => validateJobFunctionOptions({ channel: 'erp' } as JobFunctionOptions, WHERE)).toThrow(
      "ExportService.exportOne: The property 'channel' is unknown. Did you mean defaultChannel?",
    );
    expect(() => validateJobFunctionOptions({ eta: 5 } as JobFunctionOptions, WHERE)).toThrow(
      "ExportService.exportOne: The property 'eta' is unknown.",
    );
  });
});

describe('the description of a call', () => {
  it('is the text, or what the function makes of the arguments', () => {
    expect(resolveDescription('Export', [42], WHERE)).toBe('Export');
    expect(resolveDescription((id: number, kind: string) => `Export ${kind} ${id}`, [42, 'pdf'], WHERE)).toBe(
      'Export pdf 42',
    );
  });

  it('is refused where the function gives no text', () => {
    expect(() => resolveDescription(() => '', [], WHERE)).toThrow(
      /^ExportService\.exportOne: description must be a string of 1 to 1000/,
    );
    expect(() => resolveDescription((() => undefined) as unknown as () => string, [], WHERE)).toThrow(
      InvalidJobOptionError,
    );
  });

  it('is refused where the function throws, which is the cause', () => {
    const cause = new TypeError('no id');
    const describeIt = (): string => {
      throw cause;
    };
    expect(() => resolveDescription(describeIt, [], WHERE)).toThrow(
      expect.objectContaining({
        name: 'InvalidJobOptionError',
        message: 'ExportService.exportOne: the function for description threw: no id',
        cause,
      }),
    );
  });
});

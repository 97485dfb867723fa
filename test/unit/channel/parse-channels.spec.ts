import fc from 'fast-check';

import type { ChannelConfig, ChannelOptions } from '../../../lib/channel/channel-config.js';
import { parseChannels } from '../../../lib/channel/parse-channels.js';
import { ChannelConfigError } from '../../../lib/errors/channel-config.error.js';

const PLAIN = {
  capacity: 1,
  sequential: false,
  throttle: null,
  rate: null,
  fair: false,
  paused: false,
  removalInterval: null,
};

function errorOf(input: unknown): ChannelConfigError {
  try {
    parseChannels(input as string);
  } catch (error) {
    expect(error).toBeInstanceOf(ChannelConfigError);
    return error as ChannelConfigError;
  }
  throw new Error(`was accepted: ${JSON.stringify(input)}`);
}

describe('the text of channels', () => {
  it('reads the example of the semantics', () => {
    expect(parseChannels('root:20,root.mail:5,root.erp:1:sequential,root.api:4:throttle=2')).toEqual([
      { ...PLAIN, name: 'root', capacity: 20 },
      { ...PLAIN, name: 'root.mail', capacity: 5 },
      { ...PLAIN, name: 'root.erp', sequential: true },
      { ...PLAIN, name: 'root.api', capacity: 4, throttle: 2 },
    ]);
  });

  it.each<[string, string, Partial<ChannelConfig> & { name: string }]>([
    ['leaves out root.', 'mail:5', { name: 'root.mail', capacity: 5 }],
    ['takes 1 where the capacity is left out', 'root.mail', { name: 'root.mail', capacity: 1 }],
    ['takes 1 for the root as well', 'root', { name: 'root', capacity: 1 }],
    ['takes a capacity of 0', 'mail:0', { name: 'root.mail', capacity: 0 }],
    ['takes leading zeros', 'mail:007', { name: 'root.mail', capacity: 7 }],
    ['takes the largest capacity', 'mail:2147483647', { name: 'root.mail', capacity: 2_147_483_647 }],
    [
      'ignores blanks around every part',
      ' root . erp : 1 : sequential = true : throttle = 2 ',
      { name: 'root.erp', sequential: true, throttle: 2 },
    ],
    ['ignores tabs', '\troot\t:\t3\t', { name: 'root', capacity: 3 }],
    ['sequential=false means false', 'erp:4:sequential=false', { name: 'root.erp', capacity: 4 }],
    ['sequential=true means true', 'erp:1:sequential=true', { name: 'root.erp', sequential: true }],
    ['reads fair', 'tenants:4:fair', { name: 'root.tenants', capacity: 4, fair: true }],
    ['fair=false means false', 'tenants:4:fair=false', { name: 'root.tenants', capacity: 4 }],
    ['reads paused', 'mail:5:paused', { name: 'root.mail', capacity: 5, paused: true }],
    ['paused=false means false', 'mail:5:paused=false', { name: 'root.mail', capacity: 5 }],
    ['takes fractions of a second', 'api:4:throttle=0.5', { name: 'root.api', capacity: 4, throttle: 0.5 }],
    [
      'takes a fraction without its zero',
      'api:4:throttle=.5',
      { name: 'root.api', capacity: 4, throttle: 0.5 },
    ],
    [
      'takes a rate by seconds',
      'api:4:rate = 100 / 60',
      { name: 'root.api', capacity: 4, rate: { limit: 100, per: 60 } },
    ],
    [
      'takes a rate by a duration',
      'api:4:rate=5/1.5 min',
      { name: 'root.api', capacity: 4, rate: { limit: 5, per: 90 } },
    ],
    [
      'takes a duration for throttle',
      'api:4:throttle=2 min',
      { name: 'root.api', capacity: 4, throttle: 120 },
    ],
    [
      'takes several keys',
      'a:1:fair:paused:sequential:throttle=3',
      { name: 'root.a', fair: true, paused: true, sequential: true, throttle: 3 },
    ],
    ['takes a wildcard', 'root.tenants.*:2', { name: 'root.tenants.*', capacity: 2 }],
    ['takes a wildcard right below the root', '*:2', { name: 'root.*', capacity: 2 }],
    ['takes letters of any script', 'größe.数据.a_b-9', { name: 'root.größe.数据.a_b-9' }],
    ['tells Root from root', 'Root:2', { name: 'root.Root', capacity: 2 }],
  ])('%s: %s', (_, text, expected) => {
    expect(parseChannels(text)).toEqual([{ ...PLAIN, ...expected }]);
  });

  it.each(['a:2,b:3', 'a:2\nb:3', 'a:2\r\nb:3', 'a:2\rb:3', '\n\n a:2 ,,\n , b:3 ,\n'])(
    'separates entries by commas and line breaks, and skips empty ones: %j',
    (text) => {
      expect(parseChannels(text).map(({ name, capacity }) => [name, capacity])).toEqual([
        ['root.a', 2],
        ['root.b', 3],
      ]);
    },
  );

  it.each(['', '  ', ',', '\n,\n'])('has no channels where there is nothing but separators: %j', (text) => {
    expect(parseChannels(text)).toEqual([]);
  });

  it('lets the last entry for a channel win, however the channel is written, and nothing of the first remain', () => {
    expect(parseChannels('mail:5:fair,erp:2,root.mail:7')).toEqual([
      { ...PLAIN, name: 'root.mail', capacity: 7 },
      { ...PLAIN, name: 'root.erp', capacity: 2 },
    ]);
  });

  it.each<[string, RegExp]>([
    [
      'mail:5:color',
      /'color' is unknown; the keys are: sequential, throttle=<seconds>, rate=<starts>\/<seconds>, fair, paused/,
    ],
    ['mail:5:capacity=3', /'capacity' is unknown/],
    ['mail:5:removalInterval=3', /'removalInterval' is unknown/],
    ['mail:5:Sequential', /'Sequential' is unknown/],
    ['mail:5:toString', /'toString' is unknown/],
    ['mail:5:', /a key is empty/],
    ['mail:5::fair', /a key is empty/],
    ['mail:5:=1', /a key is empty/],
    ['mail:5:throttle=2=3', /second "="/],
    ['mail:5:color==', /second "="/],
    ['mail:5:fair:fair', /'fair' is repeated/],
    ['mail:5:fair:fair=false', /'fair' is repeated/],
    ['mail:5:throttle=1:throttle=2', /'throttle' is repeated/],
    [':5', /name of the channel is missing/],
    [':', /name of the channel is missing/],
    ['root.:5', /'root\.' is not the name of a channel/],
    ['.mail:5', /'\.mail' is not the name of a channel/],
    ['a..b:5', /'a\.\.b' is not the name of a channel/],
    ['a b:5', /'a b' is not the name of a channel/],
    ['a/b:5', /'a\/b' is not the name of a channel/],
    ['a=b:5', /'a=b' is not the name of a channel/],
    ['*.a:5', /'\*\.a' is not the name of a channel/],
    ['a*:5', /'a\*' is not the name of a channel/],
    ['mail:', /capacity must be a whole number.*not ''/],
    ['mail:-1', /capacity must be a whole number.*not '-1'/],
    ['mail:+1', /capacity must be a whole number/],
    ['mail:1.5', /capacity must be a whole number/],
    ['mail:1e3', /capacity must be a whole number/],
    ['mail:0x10', /capacity must be a whole number/],
    ['mail:1 0', /capacity must be a whole number/],
    ['mail:Infinity', /capacity must be a whole number/],
    ['mail:2147483648', /capacity must be a whole number from 0 to 2147483647/],
    ['erp:sequential', /Keys come after the capacity, as in "root.erp:1:sequential"/],
    ['erp:5:sequential', /sequential channel has a capacity of 1, not 5/],
    ['erp:0:sequential', /sequential channel has a capacity of 1, not 0/],
    ['erp:1:sequential=', /sequential must be "true" or "false"/],
    ['erp:1:sequential=yes', /sequential must be "true" or "false" where it has a value, not 'yes'/],
    ['erp:1:fair=0', /fair must be "true" or "false"/],
    ['erp:1:paused=False', /paused must be "true" or "false"/],
    ['api:4:throttle', /throttle needs its seconds/],
    ['api:4:throttle=', /throttle needs its seconds/],
    ['api:4:throttle=0', /throttle must be seconds above 0/],
    ['api:4:throttle=-1', /throttle must be seconds above 0/],
    ['api:4:throttle=soon', /throttle must be seconds above 0/],
    ['api:4:throttle=-2s', /throttle must be seconds above 0/],
    ['api:4:throttle=101y', /100 years at most/],
    ['api:4:throttle=99999999999', /100 years at most/],
    ['api:4:rate', /rate needs its starts and its seconds, as in "rate=100\/60"/],
    ['api:4:rate=', /rate needs its starts and its seconds/],
    ['api:4:rate=5', /rate needs its starts and its seconds/],
    ['api:4:rate=5/', /rate needs its starts and its seconds/],
    ['api:4:rate=/5', /rate needs its starts and its seconds/],
    ['api:4:rate=5/6/7', /rate needs its starts and its seconds/],
    ['api:4:rate=0/60', /limit of a rate must be a whole number from 1.*not 0/],
    ['api:4:rate=-1/60', /limit of a rate must be a whole number from 1.*not '-1'/],
    ['api:4:rate=1.5/60', /limit of a rate must be a whole number/],
    ['api:4:rate=5/0', /time of a rate must be seconds above 0/],
    ['api:4:rate=5/soon', /time of a rate must be seconds above 0.*not 'soon'/],
    ['api:4:rate=5/367 days', /a year at most/],
    ['api:4:rate=5/60:rate=6/60', /'rate' is repeated/],
  ])('refuses %s, and quotes it', (entry, message) => {
    const error = errorOf(`root:20, ${entry} ,ok:1`);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(JSON.stringify(entry));
  });

  it('refuses a wrong entry also where a later one wins', () => {
    expect(errorOf('mail:many,mail:5').message).toContain('"mail:many"');
  });

  it('shortens an endless entry in its message', () => {
    expect(errorOf(`${'x'.repeat(100_000)}:1`).message.length).toBeLessThan(1000);
  });

  it('refuses a path of more than 255 characters, root. included', () => {
    expect(parseChannels('x'.repeat(250))[0]?.name).toHaveLength(255);
    expect(errorOf('x'.repeat(251)).message).toMatch(/255 characters at most/);
  });
});

describe('channels as objects', () => {
  it.each<[string, ChannelOptions, Partial<ChannelConfig>]>([
    ['takes 1 where the capacity is left out', { name: 'mail' }, { capacity: 1 }],
    ['takes null for no limit', { name: 'mail', capacity: null }, { capacity: null }],
    ['takes Infinity for no limit', { name: 'mail', capacity: Infinity }, { capacity: null }],
    ['takes 0', { name: 'mail', capacity: 0 }, { capacity: 0 }],
    ['takes -0 as 0', { name: 'mail', capacity: -0 }, { capacity: 0 }],
    [
      'is sequential with the capacity left out',
      { name: 'mail', sequential: true },
      { sequential: true, capacity: 1 },
    ],
    ['takes throttle in seconds', { name: 'mail', throttle: 0.25 }, { throttle: 0.25 }],
    ['takes throttle as a duration', { name: 'mail', throttle: '500 ms' }, { throttle: 0.5 }],
    [
      'takes a rate as an object',
      { name: 'mail', rate: { limit: 3, per: '500 ms' } },
      { rate: { limit: 3, per: 0.5 } },
    ],
    ['takes null for no throttle', { name: 'mail', throttle: null }, { throttle: null }],
    ['takes fair and paused', { name: 'mail', fair: true, paused: true }, { fair: true, paused: true }],
    [
      'takes removalInterval in milliseconds',
      { name: 'mail', removalInterval: 5000 },
      { removalInterval: 5000 },
    ],
    [
      'takes removalInterval as a duration',
      { name: 'mail', removalInterval: '7 days' },
      { removalInterval: 604_800_000 },
    ],
    [
      'takes undefined as left out',
      {
        name: 'mail',
        capacity: undefined,
        sequential: undefined,
        throttle: undefined,
        fair: undefined,
        paused: undefined,
        removalInterval: undefined,
      },
      {},
    ],
  ])('%s', (_, options, expected) => {
    expect(parseChannels([options])).toEqual([{ ...PLAIN, name: 'root.mail', ...expected }]);
  });

  it('gives what the same entries give as text', () => {
    const objects = [
      { name: 'root', capacity: 20 },
      { name: 'erp', sequential: true },
      { name: 'api', capacity: 4, throttle: 2 },
      { name: 'tenants.*', capacity: 2, fair: true },
    ];
    expect(parseChannels(objects)).toEqual(
      parseChannels('root:20,erp,erp:1:sequential,api:4:throttle=2,tenants.*:2:fair'),
    );
  });

  it('lets the last entry for a channel win', () => {
    expect(parseChannels([{ name: 'mail', capacity: 5, fair: true }, { name: 'root.mail' }])).toEqual([
      { ...PLAIN, name: 'root.mail' },
    ]);
  });

  it.each<[unknown, RegExp]>([
    [{}, /name of the channel is missing/],
    [{ name: '' }, /name of the channel is missing/],
    [{ name: 5 }, /name of the channel is missing/],
    [{ name: 'mail', color: 'red' }, /'color' is unknown; the properties are: name, capacity/],
    [{ name: 'mail', capacity: '5' }, /capacity must be a whole number.*not '5'/],
    [{ name: 'mail', capacity: 1.5 }, /capacity must be a whole number.*not 1.5/],
    [{ name: 'mail', capacity: -1 }, /capacity must be a whole number.*not -1/],
    [{ name: 'mail', capacity: -Infinity }, /capacity must be/],
    [{ name: 'mail', capacity: NaN }, /capacity must be/],
    [{ name: 'mail', capacity: 2 ** 31 }, /capacity must be/],
    [{ name: 'mail', capacity: null, sequential: true }, /capacity of 1, not no limit/],
    [{ name: 'mail', sequential: 'false' }, /sequential must be true or false, not 'false'/],
    [{ name: 'mail', fair: 1 }, /fair must be true or false, not 1/],
    [{ name: 'mail', paused: null }, /paused must be true or false, not null/],
    [{ name: 'mail', throttle: 0 }, /throttle must be seconds above 0.*not 0/],
    [{ name: 'mail', throttle: Infinity }, /throttle must be/],
    [{ name: 'mail', throttle: '2' }, /throttle must be.*duration such as '2s'.*not '2'/],
    [{ name: 'mail', removalInterval: -1 }, /removalInterval must be.*not -1/],
    [{ name: 'mail', removalInterval: NaN }, /removalInterval must be/],
    [{ name: 'mail', removalInterval: 'a while' }, /removalInterval must be.*not 'a while'/],
    [{ name: 'mail', removalInterval: 2n }, /removalInterval must be.*not 2n/],
    ['mail:5', /must be an object/],
    [null, /must be an object/],
    [['mail'], /must be an object/],
  ])('refuses %j', (entry, message) => {
    expect(errorOf([{ name: 'root' }, entry]).message).toMatch(message);
  });

  it('refuses a hole in the list', () => {
    // oxlint-disable-next-line no-sparse-arrays
    expect(errorOf([{ name: 'root' }, ,]).message).toMatch(/must be an object/);
  });

  it.each([undefined, null, 5, {}, true])('refuses what is neither text nor list: %j', (input) => {
    expect(errorOf(input).message).toMatch(/channels must be a text such as/);
  });
});

const part = fc.stringMatching(/^[A-Za-z0-9_äπ数-]{1,8}$/);
const blanks = fc.stringMatching(/^[ \t]{0,2}$/);
const channel = fc
  .record({
    parts: fc.array(part, { maxLength: 4 }),
    wildcard: fc.boolean(),
    capacity: fc.nat(2_147_483_647),
    sequential: fc.boolean(),
    throttle: fc.option(fc.integer({ min: 1, max: 100_000 }).map((n) => n / 100)),
    rate: fc.option(
      fc.record({
        limit: fc.integer({ min: 1, max: 2_147_483_647 }),
        per: fc.integer({ min: 1, max: 100_000 }).map((n) => n / 100),
      }),
    ),
    fair: fc.boolean(),
    paused: fc.boolean(),
  })
  .map(({ parts, wildcard, ...rest }): ChannelConfig => ({
    ...rest,
    name: ['root', ...parts, ...(wildcard ? ['*'] : [])].join('.'),
    capacity: rest.sequential ? 1 : rest.capacity,
    removalInterval: null,
  }));

/** Writes a channel as text, with the given blanks one after another around its parts. */
function format(config: ChannelConfig, gaps: readonly string[], short: boolean): string {
  let at = 0;
  const gap = (): string => gaps[(at += 1) % Math.max(gaps.length, 1)] ?? '';
  const padded = (text: string): string => gap() + text + gap();
  const name = short && config.name !== 'root' ? config.name.slice('root.'.length) : config.name;
  // A channel that is itself called root needs its full path.
  const written = /^root(\.|$)/.test(name) ? config.name : name;
  const keys = [
    ...(config.sequential ? ['sequential'] : short ? [] : [`sequential${gap()}=${gap()}false`]),
    ...(config.throttle === null ? [] : [`throttle${gap()}=${gap()}${config.throttle}`]),
    ...(config.rate === null
      ? []
      : [`rate${gap()}=${gap()}${config.rate.limit}${gap()}/${gap()}${config.rate.per}`]),
    ...(config.fair ? ['fair'] : []),
    ...(config.paused ? [`paused${gap()}=${gap()}true`] : []),
  ];
  return [written.split('.').map(padded).join('.'), String(config.capacity), ...keys].map(padded).join(':');
}

describe('the grammar, for any channels', () => {
  it('reads back what was written, with any blanks, separators and empty entries', () => {
    const separator = fc.constantFrom(',', '\n', '\r\n', ', ,', ',\n');
    fc.assert(
      fc.property(
        fc.uniqueArray(channel, { selector: ({ name }) => name, maxLength: 6 }),
        fc.array(blanks),
        separator,
        fc.boolean(),
        (configs, gaps, by, short) => {
          const text = configs.map((config) => format(config, gaps, short)).join(by);
          expect(parseChannels(text)).toEqual(configs);
        },
      ),
    );
  });

  it('reads back its own configs as objects', () => {
    fc.assert(
      fc.property(fc.uniqueArray(channel, { selector: ({ name }) => name, maxLength: 6 }), (configs) => {
        expect(parseChannels(configs)).toEqual(configs);
      }),
    );
  });

  it('never throws anything but a ChannelConfigError, whatever the text', () => {
    const near = fc.array(
      fc.constantFrom(
        'root',
        'mail',
        '.',
        ':',
        '=',
        ',',
        '\n',
        ' ',
        '*',
        '5',
        '-1',
        'sequential',
        'throttle',
        'rate',
        '/',
        'fair',
        'paused',
        'false',
        '2s',
        '\0',
      ),
      { maxLength: 12 },
    );
    let read = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          near.map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          try {
            expect(Array.isArray(parseChannels(text))).toBe(true);
            read += 1;
          } catch (error) {
            expect(error).toBeInstanceOf(ChannelConfigError);
            refused += 1;
          }
        },
      ),
      { numRuns: 1000 },
    );
    // Both happened, or the property would have said nothing.
    expect(Math.min(read, refused)).toBeGreaterThan(0);
  });

  it('never throws anything but a ChannelConfigError, whatever the objects', () => {
    const near = fc.record(
      {
        name: fc.oneof(part, fc.anything()),
        capacity: fc.anything(),
        sequential: fc.anything(),
        throttle: fc.anything(),
        rate: fc.anything(),
        removalInterval: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.array(fc.oneof(near, fc.anything()))), (input) => {
        try {
          expect(Array.isArray(parseChannels(input as string))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ChannelConfigError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

import { ArgumentCodec } from '../../../lib/payload/argument-codec.js';
import { QueueJobError } from '../../../lib/errors/queue-job.error.js';
import { thrownBy } from './support.js';

const codec = new ArgumentCodec();

function tag(type: string, value?: unknown): string {
  return JSON.stringify([{ a: { $type: type, value } }]);
}

describe('damaged data is told as such', () => {
  it.each(['', '[', '{"a":', 'undefined', '[1,]', '{}', '1', 'null', '"text"', '{"$type":"Set","value":[]}'])(
    'where it is no JSON array: %s',
    (text) => {
      expect(thrownBy(() => codec.decode(text))).toMatchObject({ code: 'DAMAGED_PAYLOAD' });
    },
  );

  it.each<[string, unknown]>([
    ['undefined', null],
    ['number', undefined],
    ['number', 5],
    ['number', '5'],
    ['bigint', undefined],
    ['bigint', ''],
    ['bigint', '0x10'],
    ['bigint', '1.5'],
    ['bigint', 5],
    ['Date', undefined],
    ['Date', 'yesterday'],
    ['Date', 5],
    ['URL', 'no url'],
    ['URL', undefined],
    ['RegExp', undefined],
    ['RegExp', null],
    ['RegExp', { source: '(', flags: '' }],
    ['RegExp', { source: 'a', flags: 'zz' }],
    ['RegExp', { source: 'a', flags: '', lastIndex: 'x' }],
    ['Map', undefined],
    ['Map', {}],
    ['Map', [1]],
    ['Map', [['a']]],
    ['Map', [['a', 1, 2]]],
    ['Set', 'abc'],
    ['Buffer', 'a'],
    ['Buffer', '****'],
    ['Buffer', [1]],
    ['Uint16Array', 'AQ=='],
    // Not every version of Node.js has it.
    ['Float16Array', 'AQ=='],
    ['Error', undefined],
    ['Error', []],
    ['Error', { name: 'Error' }],
    ['Error', { name: 1, message: '' }],
    ['Error', { name: 'Error', message: '', props: 5 }],
    ['Object', undefined],
    ['Object', [1]],
    ['Entity', undefined],
    ['Entity', { entity: 'Product' }],
    ['Entity', { entity: 5, id: {} }],
    ['Entity', { entity: 'Product', id: [1] }],
  ])('where a tag has the wrong value: %s %j', (type, value) => {
    const error = thrownBy(() => codec.decode(tag(type, value)));
    expect(error).toBeInstanceOf(QueueJobError);
    expect(error).toMatchObject({ code: 'DAMAGED_PAYLOAD' });
    expect(error.message).toMatch(type === 'Entity' ? /^args / : /^args\[0\]\.a /);
  });

  it.each([
    '{"$type":5,"value":1}',
    '{"$type":null}',
    '{"$type":"Date","value":"2026-01-01T00:00:00Z","more":1}',
  ])('where a tag has the wrong shape: %s', (json) => {
    expect(thrownBy(() => codec.decode(`[${json}]`))).toMatchObject({ code: 'DAMAGED_PAYLOAD' });
  });

  it('where a reference hides behind an escape', () => {
    const text = '[{"$type":"\\u0045ntity","value":{"entity":"Product","id":{"id":1}}}]';
    expect(thrownBy(() => codec.decode(text))).toMatchObject({ code: 'DAMAGED_PAYLOAD' });
  });

  it('where it is nested too deep for the stack', () => {
    const depth = 100_000;
    const text = `[${'{"$type":"Set","value":['.repeat(depth)}${']}'.repeat(depth)}]`;
    expect(thrownBy(() => codec.decode(text))).toMatchObject({ code: 'DAMAGED_PAYLOAD' });
    expect(
      thrownBy(() => codec.entitiesIn(`[${'['.repeat(depth)}{"$type":"Entity"}${']'.repeat(depth)}]`)),
    ).toMatchObject({
      code: 'DAMAGED_PAYLOAD',
    });
    expect(thrownBy(() => codec.canonical('['.repeat(depth) + ']'.repeat(depth)))).toMatchObject({
      code: 'DAMAGED_PAYLOAD',
    });
  });

  it.each(['Function', 'Object.prototype', '__proto__', 'constructor', 'toString', 'Promise', 'RegEx', ''])(
    'where the type %j has no codec, with what to do, and no class is made of it',
    (type) => {
      const error = thrownBy(() => codec.decode(tag(type, { code: 'process.exit(1)' })));
      expect(error).toMatchObject({ code: 'UNKNOWN_CODEC' });
      expect(error.message).toContain('args[0].a');
      expect(error.message).toContain('module option codecs');
    },
  );
});

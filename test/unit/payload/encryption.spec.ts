import { randomBytes } from 'node:crypto';
import { ArgumentCodec } from '../../../lib/payload/argument-codec.js';
import { PayloadCipher } from '../../../lib/payload/encryption/payload-cipher.js';
import { DecryptionError } from '../../../lib/errors/decryption.error.js';
import { InvalidModuleOptionError } from '../../../lib/errors/invalid-module-option.error.js';
import { thrownBy } from './support.js';

const [old, current] = [randomBytes(32), randomBytes(32)];
const codecOf = (...keys: [id: string, key: Uint8Array | string][]): ArgumentCodec =>
  new ArgumentCodec({ cipher: new PayloadCipher({ keys: keys.map(([id, key]) => ({ id, key })) }) });

const uuid = '019a0000-0000-7000-8000-000000000001';
const other = '019a0000-0000-7000-8000-000000000002';
const args = [{ iban: 'DE02120300000000202051', at: new Date(0), total: 5n }, 'ä€😀'];

interface StoredPayload {
  $type: string;
  value: { key: string; nonce: string; data: string };
}
const parsed = (text: string): StoredPayload => JSON.parse(text) as StoredPayload;

describe('encrypted payloads', () => {
  const codec = codecOf(['2026', current], ['2025', old]);
  const sealed = codec.seal(codec.encode(args), { uuid, field: 'args' });

  it('come back as they were', () => {
    expect(codec.decode(sealed, { uuid })).toEqual(args);
    const result = codec.seal(codec.encodeValue({ ok: 0 }, 'result'), { uuid, field: 'result' });
    expect(codec.decodeValue(result, 'result', { uuid })).toEqual({ ok: 0 });
    expect(codec.seal(codec.encodeValue(undefined, 'result'), { uuid, field: 'result' })).toBeNull();
  });

  it('show nothing of what they hold, and are JSON that names its key', () => {
    expect(sealed).not.toContain('DE02120300000000202051');
    expect(parsed(sealed)).toEqual({
      $type: 'Encrypted',
      value: { key: '2026', nonce: expect.any(String) as unknown, data: expect.any(String) as unknown },
    });
  });

  it('are another text each time, with a nonce of their own', () => {
    const nonces = Array.from(
      { length: 1_000 },
      () => parsed(codec.seal('[]', { uuid, field: 'args' })).value.nonce,
    );
    expect(new Set(nonces).size).toBe(1_000);
    expect(Buffer.from(nonces[0] ?? '', 'base64')).toHaveLength(12);
  });

  it('are read with any of the keys, in whatever order, and written with the first', () => {
    const before = codecOf(['2025', old]);
    const stored = before.seal('[1]', { uuid, field: 'args' });
    expect(codec.decode(stored, { uuid })).toEqual([1]);
    expect(codecOf(['2025', old], ['2026', current]).decode(sealed, { uuid })).toEqual(args);
  });

  it('take keys as base64', () => {
    expect(codecOf(['2026', current.toString('base64')]).decode(sealed, { uuid })).toEqual(args);
  });

  it('leave what was stored before readable', () => {
    expect(codec.decode('[1,{"$type":"Date","value":null}]', { uuid })).toHaveLength(2);
    expect(codec.decodeValue('{"a":1}', 'result', { uuid })).toEqual({ a: 1 });
  });

  it('are told from data that looks like them', () => {
    const lookalike = { $type: 'Encrypted', value: { key: '2026', nonce: 'a', data: 'b' } };
    for (const one of [codec, new ArgumentCodec()])
      expect(one.decodeValue(one.encodeValue(lookalike, 'result'), 'result', { uuid })).toEqual(lookalike);
  });

  it.each<[string, () => unknown, string]>([
    ['for another job', () => codec.decode(sealed, { uuid: other }), `args of job ${other}`],
    ['for no job', () => codec.decode(sealed), 'args of job'],
    ['as another field', () => codec.decodeValue(sealed, 'result', { uuid }), `result of job ${uuid}`],
    ['with another key of that name', () => codecOf(['2026', old]).decode(sealed, { uuid }), 'with the key "2026"'],
    ['without their key', () => codecOf(['2025', old]).decode(sealed, { uuid }), 'the key "2026", and the keys here are 2025'],
    ['without any key', () => new ArgumentCodec().decode(sealed, { uuid }), 'this application has no keys'],
  ])('do not open %s', (_, open, says) => {
    const error = thrownBy(open);
    expect(error).toBeInstanceOf(DecryptionError);
    expect(error).toMatchObject({ code: 'DECRYPTION', message: expect.stringContaining(says) as unknown });
  }); // prettier-ignore

  it('do not open after the change of a single bit, wherever it is', () => {
    const { value } = parsed(sealed);
    const flipped = (text: string, bit: number): string => {
      const bytes = Buffer.from(text, 'base64');
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return bytes.toString('base64');
    };
    const changed = [
      ...Array.from({ length: 96 }, (_, bit) => ({ ...value, nonce: flipped(value.nonce, bit) })),
      ...Array.from({ length: Buffer.byteLength(value.data, 'base64') * 8 }, (_, bit) => ({
        ...value,
        data: flipped(value.data, bit),
      })),
    ];
    expect(changed.length).toBeGreaterThan(500);
    for (const one of changed) {
      const text = JSON.stringify({ $type: 'Encrypted', value: one });
      expect(thrownBy(() => codec.decode(text, { uuid }))).toBeInstanceOf(DecryptionError);
    }
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'abc'],
    ['no key', { nonce: 'AAAAAAAAAAAAAAAA', data: 'AAAAAAAAAAAAAAAAAAAAAA==' }],
    ['a short nonce', { key: '2026', nonce: 'AAAA', data: 'AAAAAAAAAAAAAAAAAAAAAA==' }],
    ['no base64', { key: '2026', nonce: '****************', data: 'AAAAAAAAAAAAAAAAAAAAAA==' }],
    ['data shorter than its tag', { key: '2026', nonce: 'AAAAAAAAAAAAAAAA', data: 'AAAA' }],
  ])('that are damaged to %s are told as that', (_, value) => {
    const text = JSON.stringify({ $type: 'Encrypted', value });
    expect(thrownBy(() => codec.decode(text, { uuid }))).toMatchObject({ code: 'DAMAGED_PAYLOAD' });
  });

  it('inside of something else are refused', () => {
    expect(thrownBy(() => codec.decode(`[${sealed}]`, { uuid }))).toMatchObject({ code: 'DAMAGED_PAYLOAD' });
  });
});

describe('the keys', () => {
  const key = randomBytes(32);

  it.each<[string, unknown, string]>([
    ['no object', 5, 'codec.encrypt must be an object with keys'],
    ['no list', { keys: {} }, 'codec.encrypt.keys must be a list of keys'],
    ['an empty list', { keys: [] }, 'codec.encrypt.keys must be a list of keys'],
    ['another option', { keys: [{ id: 'a', key }], algorithm: 'des' }, 'has no option "algorithm"'],
    ['a key that is none', { keys: [null] }, 'codec.encrypt.keys[0] must be an object with id and key'],
    ['no id', { keys: [{ key }] }, 'keys[0].id must be 1 to 64 letters'],
    ['an id with blanks', { keys: [{ id: 'a b', key }] }, 'keys[0].id must be 1 to 64 letters'],
    ['one id twice', { keys: [{ id: 'a', key }, { id: 'a', key }] }, 'two keys with the id "a"'],
    ['another property', { keys: [{ id: 'a', key, salt: 'b' }] }, 'has no option "salt"'],
    ['no key', { keys: [{ id: 'a' }] }, 'keys[0].key ("a") must be 32 bytes, or base64 of 32 bytes, and is something else'],
    ['a password', { keys: [{ id: 'a', key: 'correct horse battery staple!!!!' }] }, 'and is something else'],
    ['too few bytes', { keys: [{ id: 'a', key: Buffer.alloc(16, 7) }] }, 'and is 16 bytes'],
    ['too many bytes', { keys: [{ id: 'a', key: Buffer.alloc(33, 7).toString('base64') }] }, 'and is 33 bytes'],
  ])('are refused where they are %s', (_, options, says) => {
    const error = thrownBy(() => new PayloadCipher(options as never));
    expect(error).toBeInstanceOf(InvalidModuleOptionError);
    expect(error.message).toContain(says);
  }); // prettier-ignore

  it('stand in no error', () => {
    const secret = randomBytes(31).toString('base64');
    const error = thrownBy(() => new PayloadCipher({ keys: [{ id: 'a', key: secret }] }));
    expect(`${error.message}${error.stack}`).not.toContain(secret.slice(0, 10));
  });

  it('are copied: what the application does to its bytes later does not matter', () => {
    const bytes = Buffer.from(key);
    const cipher = new PayloadCipher({ keys: [{ id: 'a', key: bytes }] });
    bytes.fill(0);
    const stored = cipher.seal('[1]', { uuid, field: 'args' });
    expect(codecOf(['a', key]).decode(stored, { uuid })).toEqual([1]);
  });
});

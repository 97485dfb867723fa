import fc from 'fast-check';
import { describeFailure } from '../../../lib/job/failure.js';
import { fingerprintOf } from '../../../lib/job/fingerprint.js';

const same = (a: string, b: string): void =>
  expect(fingerprintOf('Error', a)).toBe(fingerprintOf('Error', b));
const differ = (a: string, b: string): void =>
  expect(fingerprintOf('Error', a)).not.toBe(fingerprintOf('Error', b));

describe('the fingerprint of an error', () => {
  it.each([
    ['numbers', 'Order 17 has 3 lines', 'Order 4711 has 12 lines'],
    ['fractions and signs', 'Off by -0.25 %', 'Off by 3.5 %'],
    [
      'uuids',
      'No row 0190b3a0-5c1e-7000-8000-00000000000a here',
      'No row f47ac10b-58cc-4372-a567-0e02b2c3d479 here',
    ],
    ['hexadecimal numbers', 'At 0xdeadbeef', 'At 0x00ff'],
    ['hexadecimal digests', 'Hash deadbeefcafebabe differs', 'Hash 0123456789abcdef differs'],
    ['quoted texts', `No partner "Ann's shop"`, 'No partner "Bob"'],
    ['texts in single quotes', `No key 'a b'`, `No key 'c'`],
    ['texts in backticks and guillemets', 'No `x` in «y z»', 'No `yy` in «z»'],
    ['dates', 'Closed at 2026-11-24T10:00:00.123Z', 'Closed at 2025-01-02T03:04:05Z'],
    ['addresses', 'connect ECONNREFUSED 10.0.0.1:5432', 'connect ECONNREFUSED [::1]:6432'],
    ['long tokens', `Bad token ${'a'.repeat(60)} given`, `Bad token ${'Zq'.repeat(40)} given`],
    ['the length of a list of numbers', 'Missing 1, 2, 3', 'Missing 4, 5'],
    ['blanks and line breaks', 'Line one\n  line two', 'Line one line two'],
    ['what comes after a thousand characters', `${'word '.repeat(250)}a`, `${'word '.repeat(250)}b`],
  ])('does not depend on %s', (_, one, other) => same(one, other));

  it('tells errors of other words apart', () => {
    differ('Order 17 has no lines', 'Order 17 has no partner');
    differ("It doesn't exist and can't be made", "It doesn't fit and can't be made");
  });

  it('tells errors of other names apart', () => {
    expect(fingerprintOf('TypeError', 'x')).not.toBe(fingerprintOf('RangeError', 'x'));
  });

  it('is 16 hexadecimal digits, soon found, whatever the message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (message) => {
        expect(fingerprintOf('Error', message)).toMatch(/^[0-9a-f]{16}$/);
      }),
    );
    const before = performance.now();
    for (const part of ['a', 'a1', "'", '"', '# ', '-']) fingerprintOf('Error', part.repeat(1_000_000));
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it('stands with the failure that is stored', () => {
    const { fingerprint } = describeFailure(new TypeError('Order 17'));
    expect(fingerprint).toBe(fingerprintOf('TypeError', 'Order 18'));
  });
});

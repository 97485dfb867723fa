import { createHash } from 'node:crypto';

import fc from 'fast-check';

import { InvalidJobOptionError } from '../../../lib/errors/invalid-job-option.error.js';
import {
  identityExact,
  type IdentityJob,
  type IdentityKey,
  resolveIdentityKey,
} from '../../../lib/job/identity-key.js';

const job: IdentityJob = { name: 'Partners.refresh', args: [42, { a: 1 }], canonicalArgs: '[42,{"a":1}]' };

describe('identityExact', () => {
  it('is the SHA-256 of name and arguments', () => {
    const expected = createHash('sha256').update('Partners.refresh\0[42,{"a":1}]').digest('hex');
    expect(identityExact(job)).toBe(expected);
    expect(expected).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is the same for the same call, and another for another name or other arguments', () => {
    const text = fc.string().filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(text, text, text, text, (nameA, argsA, nameB, argsB) => {
        const a = identityExact({ name: nameA, canonicalArgs: argsA });
        expect(identityExact({ name: nameA, canonicalArgs: argsA })).toBe(a);
        expect(identityExact({ name: nameB, canonicalArgs: argsB }) === a).toBe(
          nameA === nameB && argsA === argsB,
        );
      }),
    );
  });

  it('does not run name and arguments into one text', () => {
    expect(identityExact({ name: 'a', canonicalArgs: 'b[]' })).not.toBe(
      identityExact({ name: 'ab', canonicalArgs: '[]' }),
    );
  });

  it('can be given as the key', () => {
    expect(resolveIdentityKey(identityExact, job)).toBe(identityExact(job));
  });
});

describe('the identity key of a job', () => {
  it('is none where none was given', () => {
    expect(resolveIdentityKey(undefined, job)).toBeUndefined();
  });

  it('is the string', () => {
    expect(resolveIdentityKey('k', job)).toBe('k');
    expect(resolveIdentityKey('k'.repeat(255), job)).toHaveLength(255);
  });

  it('is what the function makes of the job', () => {
    expect(resolveIdentityKey(({ name, args }) => `${name}-${String(args[0])}`, job)).toBe(
      'Partners.refresh-42',
    );
  });

  it.each(['', 'k'.repeat(256), 'a\0b'])('is refused as %j', (key) => {
    expect(() => resolveIdentityKey(key, job)).toThrow(InvalidJobOptionError);
    expect(() => resolveIdentityKey(key, job)).toThrow(
      /^identityKey must be a string of 1 to 255 characters without NUL or lone surrogates, not /,
    );
    expect(() => resolveIdentityKey(() => key, job)).toThrow(
      /^identityKey: what the function returns for Partners\.refresh must be a string of 1 to 255/,
    );
  });

  it('says how long a key is that is too long', () => {
    expect(() => resolveIdentityKey('k'.repeat(300), job)).toThrow(/\(300 characters\)\.$/);
  });

  it.each([undefined, null, 5, {}, Promise.resolve('k')])(
    'is refused where the function returns %p',
    (made) => {
      expect(() => resolveIdentityKey((() => made) as unknown as IdentityKey, job)).toThrow(
        InvalidJobOptionError,
      );
    },
  );

  it('is refused where the function throws, which is the cause', () => {
    const cause = new TypeError('args[0] is undefined');
    const make = (): string => {
      throw cause;
    };
    expect(() => resolveIdentityKey(make, job)).toThrow(
      expect.objectContaining({
        name: 'InvalidJobOptionError',
        message: 'identityKey: the function threw for Partners.refresh: args[0] is undefined',
        cause,
      }),
    );
  });
});

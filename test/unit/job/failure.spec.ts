import { runInNewContext } from 'node:vm';

import fc from 'fast-check';

import { RetryableJobError } from '../../../lib/errors/retryable-job.error.js';
import { fingerprintOf } from '../../../lib/job/fingerprint.js';
import { describeFailure } from '../../../lib/job/failure.js';

const hostile = (message: string): never => {
  throw new Error(message);
};

/** The stack without its frames. */
const heads = (error: unknown): string[] =>
  describeFailure(error)
    .stack.split('\n')
    .filter((line) => !/^ +at /.test(line));

describe('the failure that is stored', () => {
  it('has name, message and stack', () => {
    const failure = describeFailure(new TypeError('x is undefined'));
    expect(failure).toMatchObject({ name: 'TypeError', message: 'x is undefined' });
    expect(failure.stack).toMatch(/^TypeError: x is undefined\n {4}at .*failure\.spec/);
  });

  it('begins its stack with the name of the error, also where a constructor sets it late', () => {
    expect(describeFailure(new RetryableJobError('busy')).stack).toMatch(/^RetryableJobError: busy\n {4}at /);
  });

  it('has the name of the class where the class sets none', () => {
    class PrinterError extends Error {}
    expect(describeFailure(new PrinterError('off')).name).toBe('PrinterError');
    expect(heads(new PrinterError('off'))).toEqual(['PrinterError: off']);
  });

  it('shows its causes, one below the other', () => {
    const error = new Error('No label', { cause: new RangeError('Printer off', { cause: 'no power' }) });
    expect(heads(error)).toEqual([
      'Error: No label',
      'Caused by: RangeError: Printer off',
      "Caused by: 'no power'",
    ]);
  });

  it.each([null, 0, '', false])('shows a cause that is %p', (cause) => {
    expect(heads(new Error('x', { cause }))).toHaveLength(2);
  });

  it('shows the members of an AggregateError, with their causes', () => {
    const error = new AggregateError([new Error('one', { cause: new Error('deep') }), 'two'], 'Both failed');
    expect(heads(error)).toEqual([
      'AggregateError: Both failed',
      'Error 1 of 2: Error: one',
      'Caused by: Error: deep',
      "Error 2 of 2: 'two'",
    ]);
  });

  it('keeps a message of several lines, even one that looks like a stack', () => {
    const message = 'first\n    at the second line\nthird';
    const failure = describeFailure(new Error(message));
    expect(failure.message).toBe(message);
    expect(failure.stack.startsWith(`Error: ${message}\n    at `)).toBe(true);
    expect(failure.stack.split('third')).toHaveLength(2);
  });

  it('keeps a stack that was set by hand', () => {
    expect(describeFailure(Object.assign(new Error('x'), { stack: 'in printer.lua, line 5' })).stack).toBe(
      'Error: x\nin printer.lua, line 5',
    );
  });

  it('does without a stack', () => {
    expect(describeFailure(Object.assign(new Error('x'), { stack: undefined })).stack).toBe('Error: x');
    expect(describeFailure(Object.assign(new Error(''), { stack: '' }))).toEqual({
      name: 'Error',
      message: '',
      stack: 'Error',
      fingerprint: fingerprintOf('Error', ''),
    });
  });

  it('knows errors of another realm', () => {
    expect(describeFailure(runInNewContext('new TypeError("far away")'))).toMatchObject({
      name: 'TypeError',
      message: 'far away',
    });
    expect(describeFailure(new DOMException('stop', 'AbortError'))).toMatchObject({
      name: 'AbortError',
      message: 'stop',
    });
  });

  it('says what was thrown where it is no error', () => {
    expect(describeFailure(undefined)).toMatchObject({
      name: 'NonErrorThrown',
      message: 'undefined was thrown, which is not an Error',
    });
  });
});

describe('the failure of a strange error', () => {
  it('ends where causes run in a circle', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });
    expect(heads(error)).toEqual(['Error: a', 'Caused by: Error: b', 'Caused by: Error: a [seen above]']);
  });

  it('ends where an AggregateError holds itself', () => {
    const error = new AggregateError([], 'all');
    error.errors.push(error);
    expect(heads(error)).toEqual(['AggregateError: all', 'Error 1 of 1: AggregateError: all [seen above]']);
  });

  it('ends where causes never do', () => {
    class Endless extends Error {
      override readonly stack = '';
      override get cause(): Error {
        return new Endless('again');
      }
    }
    const lines = heads(new Endless('first'));
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toBe('Caused by: [more causes, not shown]');
  });

  it('ends where an AggregateError has endless members', () => {
    const { stack } = describeFailure(
      new AggregateError(
        Array.from({ length: 20_000 }, () => new Error('one')),
        'many',
      ),
    );
    expect(stack.length).toBeLessThanOrEqual(100_000);
    expect(stack).toMatch(/… \[cut, \d+ characters in all\]$/);
  });

  it('survives getters that throw', () => {
    const error = new Error('x');
    for (const property of ['stack', 'name', 'message', 'cause', 'errors', 'constructor'])
      Object.defineProperty(error, property, { get: () => hostile(property) });
    expect(describeFailure(error)).toEqual({
      name: 'Error',
      message: '',
      stack: 'Error',
      fingerprint: fingerprintOf('Error', ''),
    });
  });

  it('survives properties of the wrong type', () => {
    const error = Object.assign(new Error('x'), { name: 5, message: {}, stack: [], errors: 'no list' });
    expect(describeFailure(error)).toEqual({
      name: 'Error',
      message: '',
      stack: 'Error',
      fingerprint: fingerprintOf('Error', ''),
    });
  });

  it('survives a proxy that refuses everything', () => {
    const refuse = (): never => hostile('refused');
    const proxy = new Proxy(
      {},
      { get: refuse, getPrototypeOf: refuse, ownKeys: refuse, has: refuse, getOwnPropertyDescriptor: refuse },
    );
    expect(describeFailure(proxy)).toMatchObject({ name: 'NonErrorThrown' });
    expect(heads(new Error('x', { cause: proxy }))).toHaveLength(2);
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(describeFailure(revoked)).toMatchObject({ name: 'NonErrorThrown' });
  });

  it('has no NUL and no lone surrogate, which PostgreSQL could not hold', () => {
    const failure = describeFailure(
      Object.assign(new Error('a\0b \ud800 c \udc00 d 😀'), { name: 'N\0\udfff' }),
    );
    expect(failure.name).toBe('N\ufffd');
    expect(failure.message).toBe('ab \ufffd c \ufffd d 😀');
    expect(failure.stack.startsWith('N\ufffd: ab \ufffd c \ufffd d 😀\n')).toBe(true);
  });

  it('has a message of 10,000 and a stack of 100,000 characters at most, and says where it was cut', () => {
    expect(describeFailure(new Error('x'.repeat(10_000))).message).toBe('x'.repeat(10_000));
    const failure = describeFailure(Object.assign(new Error('x'.repeat(200_000)), { name: 'N'.repeat(300) }));
    expect(failure.name).toHaveLength(255);
    expect(failure.message).toHaveLength(10_000);
    expect(failure.message).toMatch(/^x+… \[cut, 200000 characters in all\]$/);
    expect(failure.stack).toHaveLength(100_000);
    expect(failure.stack).toMatch(/x… \[cut, \d+ characters in all\]$/);
  });

  it('is not cut in the middle of a character', () => {
    for (const pad of ['', 'x']) {
      const { message } = describeFailure(new Error(pad + '😀'.repeat(6000)));
      expect(message.length).toBeLessThanOrEqual(10_000);
      expect(message).not.toMatch(/\p{Surrogate}/u);
    }
  });

  it('reads a long stack of nothing but line breaks in no time', () => {
    const started = performance.now();
    describeFailure(Object.assign(new Error('x'), { stack: '\n'.repeat(300_000) }));
    describeFailure(Object.assign(new Error('x'), { stack: ' '.repeat(300_000) }));
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('is text within its bounds, whatever was thrown', () => {
    const cause = fc.oneof(
      fc.anything(),
      fc.string({ unit: 'binary' }).map((message) => new Error(message)),
    );
    const anything = fc.oneof(
      fc.anything(),
      fc
        .record(
          {
            name: fc.anything(),
            message: fc.anything(),
            stack: fc.anything(),
            cause,
            errors: fc.array(cause),
          },
          { requiredKeys: [] },
        )
        .map((parts) => Object.assign(new Error('x'), parts)),
    );
    fc.assert(
      fc.property(anything, (thrown) => {
        const failure = describeFailure(thrown);
        for (const [text, max] of [
          [failure.name, 255],
          [failure.message, 10_000],
          [failure.stack, 100_000],
        ] as const) {
          expect(typeof text).toBe('string');
          expect(text.length).toBeLessThanOrEqual(max);
          expect(text).not.toMatch(/\0|\p{Surrogate}/u);
        }
        expect(failure.name).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});

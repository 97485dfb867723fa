import { jest } from '@jest/globals';

import { setImmediate } from 'node:timers/promises';

import { FailedJobError } from '../../../lib/errors/failed-job.error.js';
import { JobTimeoutError } from '../../../lib/errors/job-timeout.error.js';
import { MaxRetriesError } from '../../../lib/errors/max-retries.error.js';
import { NothingToDoJob } from '../../../lib/errors/nothing-to-do-job.error.js';
import { RetryableJobError } from '../../../lib/errors/retryable-job.error.js';
import {
  decideOutcome,
  type AttemptOutcome,
  type RetryOn,
  type RetryRules,
  type AttemptedJob,
} from '../../../lib/job/outcome.js';

const at = (retry: number, maxRetries = 5): AttemptedJob => ({
  uuid: 'u',
  name: 'Export.one',
  retry,
  maxRetries,
});
const thrown = (error: unknown, job: AttemptedJob = at(1), rules: RetryRules = {}): AttemptOutcome =>
  decideOutcome({ error }, job, rules);
const errorOf = (outcome: AttemptOutcome): Error => {
  if (outcome.kind === 'done') throw new Error('is done');
  return outcome.error;
};
const pgError = (code: string): Error => Object.assign(new Error(`pg ${code}`), { code });

describe('a method that returns', () => {
  it.each([undefined, null, 0, '', false, [], { a: 1 }])('is done, with %j', (result) => {
    expect(decideOutcome({ result }, at(5), {})).toEqual({ kind: 'done', result });
  });
});

describe('NothingToDoJob', () => {
  it('is done, with its message, also at the last try and where any error is retried', () => {
    expect(thrown(new NothingToDoJob('Nothing new'), at(5), { retryOn: 'any' })).toEqual({
      kind: 'done',
      result: 'Nothing new',
    });
  });
});

describe('FailedJobError', () => {
  it.each<RetryOn>(['retryable', 'any', () => true])('fails at once, with retryOn %p', (retryOn) => {
    const error = new FailedJobError('No such partner', { cause: pgError('40001') });
    expect(thrown(error, at(1), { retryOn })).toEqual({ kind: 'failed', error });
  });
});

describe('RetryableJobError', () => {
  it('retries after 600 s without a pattern', () => {
    const error = new RetryableJobError('busy');
    expect(thrown(error)).toEqual({ kind: 'retry', seconds: 600, error, giveAttemptBack: false });
  });

  it.each([
    [1, 10],
    [4, 10],
    [5, 20],
    [9, 20],
    [10, 30],
    [14, 30],
    [15, 300],
    [99, 300],
  ])('retries by the pattern: after try %d in %d s', (retry, seconds) => {
    const retryPattern = { 1: 10, 5: 20, 10: 30, 15: 300 };
    expect(thrown(new RetryableJobError('busy'), at(retry, 0), { retryPattern })).toMatchObject({
      kind: 'retry',
      seconds,
    });
  });

  it('retries within a pair of the pattern by the given random numbers', () => {
    expect(
      thrown(new RetryableJobError('busy'), at(1), { retryPattern: { 1: [10, 19] }, random: () => 0.95 }),
    ).toMatchObject({ seconds: 19 });
  });

  it.each([0, 0.5, 30])('retries after its own %d s, which win over the pattern', (seconds) => {
    expect(
      thrown(new RetryableJobError('busy', { seconds }), at(1), { retryPattern: { 1: 10 } }),
    ).toMatchObject({
      kind: 'retry',
      seconds,
    });
  });

  it('has its own seconds, not the 5 of the serialization failure that caused it', () => {
    expect(thrown(new RetryableJobError('busy', { seconds: 30, cause: pgError('40001') }))).toMatchObject({
      seconds: 30,
    });
  });

  it.each([1, 2, 3, 4])('retries at try %d of 5', (retry) => {
    expect(thrown(new RetryableJobError('busy'), at(retry))).toMatchObject({ kind: 'retry' });
  });

  it.each([5, 6])('fails at try %d of 5 with MaxRetriesError, itself the cause', (retry) => {
    const error = new RetryableJobError('The partner is busy', { seconds: 1 });
    const outcome = thrown(error, at(retry));
    expect(outcome.kind).toBe('failed');
    expect(errorOf(outcome)).toBeInstanceOf(MaxRetriesError);
    expect(errorOf(outcome)).toMatchObject({
      name: 'MaxRetriesError',
      message: 'Max. retries (5) reached: The partner is busy',
      cause: error,
    });
  });

  it('fails at the first try where there is only one', () => {
    expect(errorOf(thrown(new RetryableJobError('busy'), at(1, 1))).message).toBe(
      'Max. retries (1) reached: busy',
    );
  });

  it('retries without end where maxRetries is 0', () => {
    expect(thrown(new RetryableJobError('busy'), at(1_000_000, 0))).toMatchObject({
      kind: 'retry',
      giveAttemptBack: false,
    });
  });

  it('gives the try back with ignoreRetry, also at the last one', () => {
    const error = new RetryableJobError('busy', { ignoreRetry: true });
    expect(thrown(error, at(5), { retryPattern: { 1: 10, 5: 20 } })).toEqual({
      kind: 'retry',
      seconds: 20,
      error,
      giveAttemptBack: true,
    });
    expect(thrown(new RetryableJobError('busy', { ignoreRetry: true, seconds: 0 }), at(1, 1))).toMatchObject({
      seconds: 0,
      giveAttemptBack: true,
    });
  });

  it('is never put before retryOn', () => {
    const retryOn = jest.fn(() => false);
    expect(thrown(new RetryableJobError('busy'), at(1), { retryOn })).toMatchObject({ kind: 'retry' });
    expect(retryOn).not.toHaveBeenCalled();
  });
});

describe('serialization failures and deadlocks of PostgreSQL', () => {
  const circle = Object.assign(new Error('circle'), { code: 'X' });
  circle.cause = new Error('and back', { cause: circle });

  it.each<[string, unknown]>([
    ['a serialization failure of pg', pgError('40001')],
    ['a deadlock of pg', pgError('40P01')],
    ['one of TypeORM', Object.assign(new Error('QueryFailedError'), { driverError: pgError('40001') })],
    [
      'one among the causes',
      new Error('Import failed', { cause: new Error('inner', { cause: pgError('40P01') }) }),
    ],
    [
      'one of TypeORM among the causes',
      new Error('Import failed', { cause: { driverError: { code: '40P01' } } }),
    ],
  ])('retry after 5 s, counted, whatever pattern and retryOn say: %s', (_, error) => {
    const rules: RetryRules = { retryPattern: { 1: 99 }, retryOn: () => false };
    expect(thrown(error, at(4), rules)).toEqual({ kind: 'retry', seconds: 5, error, giveAttemptBack: false });
    expect(errorOf(thrown(error, at(5), rules))).toMatchObject({
      name: 'MaxRetriesError',
      message: `Max. retries (5) reached: ${(error as Error).message}`,
      cause: error,
    });
  });

  it.each<[string, unknown]>([
    ['another code', pgError('23505')],
    ['a number', Object.assign(new Error('x'), { code: 40001 })],
    ['only a message', new Error('40001')],
    ['causes in a circle', circle],
    [
      'a code that throws when read',
      Object.defineProperty(new Error('x'), 'code', {
        get: () => {
          throw new Error('hostile');
        },
      }),
    ],
    [
      'causes without end',
      {
        message: 'x',
        get cause(): unknown {
          return Object.create(this, {});
        },
      },
    ],
  ])('are told from other errors: %s', (_, error) => {
    expect(thrown(error)).toMatchObject({ kind: 'failed' });
  });
});

describe('any other error', () => {
  const error = new TypeError('x is undefined');

  it('fails at once', () => {
    expect(thrown(error)).toEqual({ kind: 'failed', error });
    expect(thrown(error, at(1, 0), { retryOn: 'retryable' })).toEqual({ kind: 'failed', error });
  });

  it('is retried by the pattern with retryOn any, up to the last try', () => {
    const rules: RetryRules = { retryOn: 'any', retryPattern: { 1: 10, 3: 20 } };
    expect(thrown(error, at(2), rules)).toEqual({
      kind: 'retry',
      seconds: 10,
      error,
      giveAttemptBack: false,
    });
    expect(thrown(error, at(4), rules)).toMatchObject({ kind: 'retry', seconds: 20 });
    expect(errorOf(thrown(error, at(5), rules))).toMatchObject({
      message: 'Max. retries (5) reached: x is undefined',
      cause: error,
    });
  });

  it('is retried or not as a function of it and the job says', () => {
    const retryOn: RetryOn = (given, job) => given === error && job.retry === 2;
    expect(thrown(error, at(2), { retryOn })).toMatchObject({ kind: 'retry', seconds: 600 });
    expect(thrown(error, at(1), { retryOn })).toEqual({ kind: 'failed', error });
    expect(thrown(new TypeError('another'), at(2), { retryOn })).toMatchObject({ kind: 'failed' });
    expect(thrown(error, at(5), { retryOn: () => true })).toMatchObject({
      kind: 'failed',
      error: { name: 'MaxRetriesError' },
    });
  });

  it('is what was thrown, not a wrapper, where a function is asked', () => {
    const retryOn = jest.fn(() => false);
    thrown('no paper', at(1), { retryOn });
    expect(retryOn).toHaveBeenCalledWith('no paper', at(1));
  });

  it('fails where the function throws, and both errors are told', () => {
    const broken = new RangeError('broken predicate');
    const outcome = thrown(error, at(1), {
      retryOn: () => {
        throw broken;
      },
    });
    expect(outcome.kind).toBe('failed');
    expect(errorOf(outcome).message).toBe(
      'retryOn of Export.one failed (broken predicate) when asked about: x is undefined',
    );
    expect(errorOf(outcome).cause).toMatchObject({ errors: [broken, error] });
  });

  it('fails where the function is async, whose promise would always count as true, and its rejection hurts nobody', async () => {
    const rejected = jest.fn();
    process.on('unhandledRejection', rejected);
    const retryOn = (async () => Promise.reject(new Error('late'))) as unknown as RetryOn;
    expect(errorOf(thrown(error, at(1), { retryOn })).message).toMatch(
      /must return true or false at once, not Promise/,
    );
    await setImmediate();
    process.off('unhandledRejection', rejected);
    expect(rejected).not.toHaveBeenCalled();
  });
});

describe('JobTimeoutError', () => {
  it('is retried or failed as retryOn says', () => {
    const error = new JobTimeoutError('after 2 s');
    expect(thrown(error)).toEqual({ kind: 'failed', error });
    expect(thrown(error, at(1), { retryOn: 'any' })).toMatchObject({ kind: 'retry' });
  });
});

describe('what is no error at all', () => {
  it.each<[unknown, string, string]>([
    ['no paper', 'NonErrorThrown', "'no paper' was thrown, which is not an Error"],
    [undefined, 'NonErrorThrown', 'undefined was thrown, which is not an Error'],
    [null, 'NonErrorThrown', 'null was thrown, which is not an Error'],
    [404, 'NonErrorThrown', '404 was thrown, which is not an Error'],
    [{ status: 404 }, 'NonErrorThrown', '{ status: 404 } was thrown, which is not an Error'],
    [Symbol('s'), 'NonErrorThrown', 'Symbol(s) was thrown, which is not an Error'],
    [class Oops {}, 'NonErrorThrown', '[class Oops] was thrown, which is not an Error'],
    [{ name: 'HttpError', message: 'Not found' }, 'HttpError', 'Not found'],
    [{ message: 'Not found' }, 'NonErrorThrown', 'Not found'],
  ])('fails with a useful name and message: %p', (value, name, message) => {
    const outcome = thrown(value);
    expect(outcome.kind).toBe('failed');
    expect(errorOf(outcome)).toBeInstanceOf(Error);
    expect(errorOf(outcome)).toMatchObject({ name, message });
  });
});

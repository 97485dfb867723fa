import { QueryFailedError } from 'typeorm';
import {
  isConnectionLost,
  isDatabaseTrouble,
  isDataError,
  isLockTimeout,
  isRowError,
  isSerializationFailure,
  isStatementRejected,
} from '../../../lib/common/pg-errors.js';

const CHECKS = {
  isConnectionLost,
  isDatabaseTrouble,
  isDataError,
  isLockTimeout,
  isRowError,
  isSerializationFailure,
  isStatementRejected,
};

const withCode = (code: string, message = 'refused'): Error => Object.assign(new Error(message), { code });
const named = (name: string): Error => Object.assign(new Error('refused'), { name });

/** The checks that say yes. */
const meaning = (error: unknown): string[] =>
  Object.entries(CHECKS)
    .filter(([, check]) => check(error))
    .map(([name]) => name);

describe('what an error of PostgreSQL means', () => {
  it.each([
    ['a number out of range', withCode('22003'), ['isDataError', 'isRowError', 'isStatementRejected']],
    ['a key that is taken', withCode('23505'), ['isDataError', 'isRowError', 'isStatementRejected']],
    ['a program limit', withCode('54000'), ['isDataError', 'isStatementRejected']],
    ['a text too long for Node', new RangeError('Invalid string length'), ['isDataError']],
    [
      'a serialization failure',
      withCode('40001'),
      ['isDatabaseTrouble', 'isSerializationFailure', 'isStatementRejected'],
    ],
    ['a deadlock', withCode('40P01'), ['isDatabaseTrouble', 'isSerializationFailure', 'isStatementRejected']],
    ['a lock timeout', withCode('55P03'), ['isDatabaseTrouble', 'isLockTimeout', 'isStatementRejected']],
    ['a missing table', withCode('42P01'), ['isStatementRejected']],
    ['a full disk', withCode('53100'), ['isDatabaseTrouble', 'isStatementRejected']],
    ['a shutdown', withCode('57P01'), ['isConnectionLost', 'isDatabaseTrouble']],
    ['a connection exception', withCode('08006'), ['isConnectionLost', 'isDatabaseTrouble']],
    ['a reset by the network', withCode('ECONNRESET'), ['isConnectionLost', 'isDatabaseTrouble']],
    ['a host without an address', withCode('ENOTFOUND'), ['isDatabaseTrouble']],
    [
      'a terminated connection',
      new Error('Connection terminated'),
      ['isConnectionLost', 'isDatabaseTrouble'],
    ],
    [
      'a released query runner',
      named('QueryRunnerAlreadyReleasedError'),
      ['isConnectionLost', 'isDatabaseTrouble'],
    ],
    ['a data source that is not connected', named('CannotExecuteNotConnectedError'), ['isDatabaseTrouble']],
    ['an error of the application', new Error('no paper'), []],
    ['a status of HTTP', Object.assign(new Error('no'), { code: 404 }), []],
    ['null', null, []],
    ['a string', '40001', []],
  ])('%s', (_, error, checks) => {
    expect(meaning(error)).toEqual(checks);
  });

  it('is found behind the error of TypeORM, and among causes', () => {
    const deadlock = withCode('40P01');
    expect(isSerializationFailure(new QueryFailedError('SELECT', [], deadlock))).toBe(true);
    expect(isSerializationFailure(new Error('outer', { cause: { driverError: deadlock } }))).toBe(true);
  });

  it('is looked for without end in no chain of causes', () => {
    const first: { cause?: unknown } = {};
    first.cause = { cause: first };
    expect(isSerializationFailure(first)).toBe(false);
    const endless = new Proxy({}, { get: (_, name) => (name === 'cause' ? new Proxy({}, {}) : undefined) });
    expect(isSerializationFailure(endless)).toBe(false);
  });
});

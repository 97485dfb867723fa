import { jest } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { type ContextRun, runInContext } from '../../../../lib/runner/execution/run-in-context.js';
import { Gate } from '../../../support/gate.js';

const storage = new AsyncLocalStorage<unknown>();

describe('context.run', () => {
  it('gives the work its context, and the attempt the result of the work', async () => {
    const run: ContextRun = (context, work) => storage.run(context, work);
    await expect(runInContext(run, 'acme', async () => storage.getStore())).resolves.toBe('acme');
  });

  it.each<[string, ContextRun]>([
    ['without a return', (context, work) => void storage.run(context, work)],
    [
      'that returns something else',
      (context, work) => {
        void storage.run(context, work);
        return 'else';
      },
    ],
    [
      'that calls it after something else',
      async (context, work) => {
        await new Promise((resolve) => setImmediate(resolve));
        return storage.run(context, work);
      },
    ],
    [
      'that calls it twice',
      async (context, work) => {
        await storage.run(context, work);
        return storage.run(context, work);
      },
    ],
  ])('%s is waited for until the work has ended', async (_name, run) => {
    const gate = new Gate();
    let calls = 0;
    let ended = false;
    const result = runInContext(run, 'acme', async () => {
      calls += 1;
      await gate.opened;
      ended = true;
      return storage.getStore();
    });
    gate.open();
    await expect(result).resolves.toBe('acme');
    expect([calls, ended]).toEqual([1, true]);
  });

  it('that has returned can not call the work later', async () => {
    const called = new Gate();
    let late: Promise<unknown> = Promise.resolve();
    const result = runInContext(
      (_context, work) =>
        void setImmediate(() => {
          late = work();
          called.open();
        }),
      null,
      async () => 'too late',
    );
    await expect(result).rejects.toMatchObject({ code: 'INVALID_MODULE_OPTION' });
    await called.opened;
    await expect(late).rejects.toMatchObject({ code: 'INVALID_MODULE_OPTION' });
  });

  it.each<[string, ContextRun]>([
    ['drops', (_context, work) => void work()],
    ['swallows', (_context, work) => work().catch(() => 'swallowed')],
    ['passes on', (_context, work) => work()],
  ])('that %s the error of the work leaves it to the attempt', async (_name, run) => {
    const failing = runInContext(run, 'acme', () => Promise.reject(new Error('out of paper')));
    await expect(failing).rejects.toThrow('out of paper');
  });

  it('that fails by itself fails the attempt, before the work and after it', async () => {
    const thrown = runInContext(() => {
      throw new Error('no tenant');
    }, null, async () => undefined); // prettier-ignore
    await expect(thrown).rejects.toThrow('no tenant');
    const after = runInContext(
      async (_context, work) => {
        await work();
        throw new Error('could not flush');
      },
      null,
      async () => 'done',
    );
    await expect(after).rejects.toThrow('could not flush');
  });

  it('that never calls the work is refused, with what to write instead', async () => {
    const never = runInContext(
      () => undefined,
      null,
      async () => undefined,
    );
    await expect(never).rejects.toThrow('run: (context, work) => storage.run(context, work)');
  });

  it('that is still pending long after the work has ended keeps no slot', async () => {
    jest.useFakeTimers();
    try {
      const result = runInContext(
        async (_context, work) => {
          await work();
          await new Promise(() => undefined);
        },
        null,
        async () => 'done',
      );
      await jest.advanceTimersByTimeAsync(5_000);
      await expect(result).resolves.toBe('done');
    } finally {
      jest.useRealTimers();
    }
  });
});

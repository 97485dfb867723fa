import { InvalidModuleOptionError } from '../../errors/invalid-module-option.error.js';

/** The module option `context.run`. */
export type ContextRun = (context: unknown, work: () => Promise<unknown>) => unknown;

/** After the method has ended, what `context.run` returned gets this long to settle, in milliseconds. */
const AFTERWARDS_MS = 5_000;

/**
 * Calls `work` through the application's `context.run`, and waits for the work itself: it counts as ended when it has
 * ended, not when `context.run` has returned, and its error is the attempt's even if `context.run` drops it.
 *
 * @throws InvalidModuleOptionError if `context.run` does not call `work`
 */
export function runInContext(
  run: ContextRun,
  context: unknown,
  work: () => Promise<unknown>,
): Promise<unknown> {
  let working: Promise<unknown> | undefined;
  let over = false;
  let begun = (): void => undefined;
  const start = (): Promise<unknown> => {
    if (over) return Promise.reject(notCalled());
    if (working === undefined) {
      working = (async () => work())();
      working.catch(() => undefined);
      begun();
    }
    return working;
  };
  let returned: unknown;
  let thrown: { readonly error: unknown } | undefined;
  try {
    returned = run(context, start);
  } catch (error) {
    thrown = { error };
  }
  // As `(context, work) => storage.run(context, work)` does: nothing else is to be waited for.
  if (working !== undefined && returned === working) return working;
  const wrapper =
    thrown === undefined ? Promise.resolve(returned) : (Promise.reject(thrown.error) as Promise<unknown>);
  wrapper.catch(() => undefined);
  return (async () => {
    if (working === undefined) {
      await Promise.race([wrapper, new Promise<void>((resolve) => (begun = resolve))]).catch(() => undefined);
      over = working === undefined;
    }
    if (working === undefined) {
      await wrapper;
      throw notCalled();
    }
    const result = await working;
    await within(AFTERWARDS_MS, wrapper);
    return result;
  })();
}

const notCalled = (): InvalidModuleOptionError =>
  new InvalidModuleOptionError(
    'The option context.run has returned without calling work(). It must call it and return what it returns: run: (context, work) => storage.run(context, work).',
  );

/** Rejects as `work` does, and resolves if that takes too long. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  } finally {
    clearTimeout(timer);
  }
}

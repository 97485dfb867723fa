import type { JobTracing } from '../../../../lib/index.js';
import type { AttemptResult } from '../../../../lib/runner/attempt/attempt-result.js';
import type { RunningAttempt } from '../../../../lib/runner/attempt/attempt.js';
import { TracedExecutor } from '../../../../lib/runner/execution/traced-executor.js';

const DONE: AttemptResult = { kind: 'done', result: '5' };
const attempt = { job: { uuid: 'u', name: 'Shop.sell', retry: 1 } } as RunningAttempt;

const executing = (tracing: Partial<JobTracing>): { ran: () => number; result: Promise<AttemptResult> } => {
  let ran = 0;
  const executor = {
    execute: async () => {
      ran += 1;
      return DONE;
    },
  };
  const result = new TracedExecutor(executor, tracing as JobTracing).execute(attempt);
  return { ran: () => ran, result };
};

describe('an attempt within a span', () => {
  it.each<[string, JobTracing['attempt']]>([
    ['throws before it', async () => Promise.reject(new Error('no tracer'))],
    ['throws at once', () => { throw new Error('no tracer'); }],
    ['throws after it', async (_, run) => { await run(); throw new Error('no exporter'); }],
    ['drops its result', async (_, run) => { await run(); return undefined as never; }],
    ['forgets to run it', async () => undefined as never],
    ['runs it twice', async (_, run) => { await run(); return run(); }],
  ])('runs once, and its own result counts, where the tracing %s', async (_, tracingAttempt) => {
    const { ran, result } = executing({ attempt: tracingAttempt });
    expect(await result).toBe(DONE);
    expect(ran()).toBe(1);
  }); // prettier-ignore
});

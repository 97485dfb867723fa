import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PeriodicTask } from '../../../lib/common/periodic-task.js';
import { Gate } from '../../support/gate.js';

describe('a periodic task', () => {
  let runs = 0;
  let gate = new Gate();
  const count = async (): Promise<void> => {
    runs += 1;
    return gate.opened;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    runs = 0;
    gate = new Gate();
    gate.open();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('runs after each interval, and first when it is told to', async () => {
    const task = new PeriodicTask(count, { every: 1_000, first: 10 });
    task.start();
    await jest.advanceTimersByTimeAsync(9);
    expect(runs).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs).toBe(1);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(runs).toBe(4);
    await task.stop();
  });

  it('asks a function for each interval', async () => {
    const task = new PeriodicTask(count, { every: () => (runs === 0 ? 100 : 1_000) });
    task.start();
    await jest.advanceTimersByTimeAsync(100);
    expect(runs).toBe(1);
    await jest.advanceTimersByTimeAsync(999);
    expect(runs).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs).toBe(2);
    await task.stop();
  });

  it('never runs twice at the same time: the interval begins when a run has ended', async () => {
    gate = new Gate();
    const task = new PeriodicTask(count, { every: 100 });
    task.start();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(runs).toBe(1);
    gate.open();
    await jest.advanceTimersByTimeAsync(100);
    expect(runs).toBe(2);
    await task.stop();
  });

  it('runs at once when asked, and the interval begins anew', async () => {
    const task = new PeriodicTask(count, { every: 100 });
    task.start();
    await jest.advanceTimersByTimeAsync(50);
    task.runNow();
    expect(runs).toBe(1);
    await jest.advanceTimersByTimeAsync(99);
    expect(runs).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs).toBe(2);
    await task.stop();
  });

  it('runs once more after a run that was under way when it was asked, however often', async () => {
    gate = new Gate();
    const task = new PeriodicTask(count, { every: 100 });
    task.start();
    task.runNow();
    task.runNow();
    task.runNow();
    expect(runs).toBe(1);
    gate.open();
    await jest.advanceTimersByTimeAsync(0);
    expect(runs).toBe(2);
    await task.stop();
  });

  it('goes on after a run that failed, and reports the error', async () => {
    const errors: unknown[] = [];
    const failure = new Error('away');
    const task = new PeriodicTask(async () => Promise.reject(failure), {
      every: 100,
      onError: (error) => errors.push(error),
    });
    task.start();
    await jest.advanceTimersByTimeAsync(200);
    expect(errors).toEqual([failure, failure]);
    await task.stop();
  });

  it('waits at its stop for the run that is under way, and runs no more', async () => {
    gate = new Gate();
    const task = new PeriodicTask(count, { every: 100 });
    task.start();
    task.runNow();
    let stopped = false;
    const stopping = task.stop().then(() => (stopped = true));
    await jest.advanceTimersByTimeAsync(1_000);
    expect([stopped, task.stopped]).toEqual([false, true]);
    gate.open();
    await stopping;
    task.runNow();
    task.start();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(runs).toBe(1);
  });

  it('does nothing before its start', async () => {
    const task = new PeriodicTask(count, { every: 100 });
    task.runNow();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(runs).toBe(0);
    await task.stop();
  });
});

import { jest } from '@jest/globals';
import { EarliestTimer } from '../../../lib/common/earliest-timer.js';

describe('a timer for the earliest of many moments', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const timer = (): { timer: EarliestTimer; due: () => number } => {
    let due = 0;
    return { timer: new EarliestTimer(() => (due += 1)), due: () => due };
  };

  it('is due once, at the earliest', () => {
    const { timer: one, due } = timer();
    expect(one.armed).toBe(false);
    for (const ms of [500, 100, 900]) one.within(ms);
    expect(one.armed).toBe(true);
    jest.advanceTimersByTime(99);
    expect(due()).toBe(0);
    jest.advanceTimersByTime(1);
    expect(due()).toBe(1);
    jest.advanceTimersByTime(1_000);
    expect(due()).toBe(1);
    expect(one.armed).toBe(false);
  });

  it('can be set again when it was due, and cleared before', () => {
    const { timer: one, due } = timer();
    one.within(10);
    jest.advanceTimersByTime(10);
    one.within(10);
    jest.advanceTimersByTime(10);
    expect(due()).toBe(2);
    one.within(10);
    one.clear();
    jest.advanceTimersByTime(100);
    expect(due()).toBe(2);
  });

  it('waits for longer than a timer of Node can, and not at all for what has passed', () => {
    const { timer: one, due } = timer();
    const month = 31 * 24 * 60 * 60 * 1_000;
    one.within(month);
    jest.advanceTimersByTime(month - 1_000);
    expect(due()).toBe(0);
    jest.advanceTimersByTime(2_000);
    expect(due()).toBe(1);
    one.within(-5);
    jest.advanceTimersByTime(0);
    expect(due()).toBe(2);
  });
});

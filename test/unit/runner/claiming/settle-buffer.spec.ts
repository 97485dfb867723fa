import { RunningAttempt } from '../../../../lib/runner/attempt/attempt.js';
import type { EndedAttempt } from '../../../../lib/runner/attempt/attempt-result.js';
import { SettleBuffer } from '../../../../lib/runner/claiming/settle-buffer.js';
import type { ClaimedJob } from '../../../../lib/store/claims/claimed-job.js';

const attemptOf = (uuid: string): RunningAttempt => new RunningAttempt({ uuid } as ClaimedJob);
const ended = (uuid: string, result: string | null = null): EndedAttempt => ({
  attempt: attemptOf(uuid),
  at: 0,
  result: { kind: 'done', result },
});
const uuidsOf = (all: readonly EndedAttempt[]): string[] => all.map(({ attempt }) => attempt.job.uuid);

describe('what waits to be written', () => {
  it('goes with one round trip, in the order in which it came', () => {
    const buffer = new SettleBuffer();
    expect(buffer.empty).toBe(true);
    for (const uuid of ['a', 'b']) buffer.addEnded(ended(uuid));
    buffer.giveBack([{ uuid: 'c' } as ClaimedJob]);
    const started = attemptOf('d');
    buffer.noteStarted(started);
    expect(buffer.uuids()).toEqual(['a', 'b', 'c']);
    const taken = buffer.take(false);
    expect(uuidsOf(taken.ended)).toEqual(['a', 'b']);
    expect(taken.givenBack.map(({ uuid }) => uuid)).toEqual(['c']);
    expect(taken.started).toEqual([started]);
    expect(buffer.empty).toBe(true);
  });

  it('is there again, before what came later, if the round trip failed', () => {
    const buffer = new SettleBuffer();
    buffer.addEnded(ended('a'));
    buffer.noteStarted(attemptOf('s'));
    const lost = buffer.take(false);
    buffer.addEnded(ended('b'));
    buffer.restore(lost);
    const again = buffer.take(false);
    expect(uuidsOf(again.ended)).toEqual(['a', 'b']);
    expect(again.started).toHaveLength(1);
  });

  it('goes one by one while a bad row is looked for, and nothing else with it', () => {
    const buffer = new SettleBuffer();
    for (const uuid of ['a', 'b']) buffer.addEnded(ended(uuid));
    buffer.giveBack([{ uuid: 'c' } as ClaimedJob]);
    expect(buffer.take(true)).toMatchObject({ ended: [{}], givenBack: [], started: [] });
    expect(uuidsOf(buffer.waiting)).toEqual(['b']);
    buffer.take(true);
    expect(buffer.take(true).givenBack).toHaveLength(1);
  });

  it('is no more than a statement should carry, by number and by characters', () => {
    const many = new SettleBuffer();
    for (let at = 0; at < 6_000; at += 1) many.addEnded(ended(`${at}`));
    expect(many.take(false).ended).toHaveLength(5_000);
    expect(many.take(false).ended).toHaveLength(1_000);
    const large = new SettleBuffer();
    const text = 'x'.repeat(9_000_000);
    for (const uuid of ['a', 'b', 'c']) large.addEnded(ended(uuid, text));
    expect(uuidsOf(large.take(false).ended)).toEqual(['a', 'b']);
    expect(uuidsOf(large.take(false).ended)).toEqual(['c']);
  });
});

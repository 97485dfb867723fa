import type { Candidate, ChannelRoom, ExplainFacts } from '../../store/jobs/explain-store.js';

/** What a limit holds a job back by. */
export type Hold =
  | { readonly by: 'paused' | 'held' | 'full' | 'throttle' | 'rate'; readonly channel: string }
  | {
      readonly by: 'sequential';
      readonly channel: string;
      readonly behind: Pick<Candidate, 'uuid' | 'state'>;
    };

/** What a claim does with a job: it starts as the `place`-th, or is passed by for what holds it. */
export type Verdict = { readonly place: number } | { readonly holds: readonly Hold[] };

/** A channel while the candidates are gone through. */
class Limit {
  private picked = 0;
  private blocker: Pick<Candidate, 'uuid' | 'state'> | null;

  constructor(
    readonly name: string,
    private readonly room: ChannelRoom,
  ) {
    this.blocker = room.failed;
  }

  take(): void {
    this.picked += 1;
  }

  /** Strictly in order: what can't start now stops those behind it. */
  passedBy(candidate: Candidate): void {
    if (this.room.sequential) this.blocker ??= candidate;
  }

  holds(): Hold[] {
    const { capacity, out, paused, throttle, nextStart, heldUntil, rate } = this.room;
    const { name: channel, picked } = this;
    return [
      ...(paused ? [{ by: 'paused', channel } as const] : []),
      ...(capacity !== null && out + picked >= capacity ? [{ by: 'full', channel } as const] : []),
      ...(heldUntil === null ? [] : [{ by: 'held', channel } as const]),
      ...((nextStart !== null && nextStart !== heldUntil) || (throttle !== null && picked > 0)
        ? [{ by: 'throttle', channel } as const]
        : []),
      ...(rate !== null && rate.taken + picked >= rate.limit ? [{ by: 'rate', channel } as const] : []),
      ...(this.blocker === null ? [] : [{ by: 'sequential', channel, behind: this.blocker } as const]),
    ];
  }
}

/** Goes through the candidates as a claim with any number of slots would, and says what it does with each. */
export function claimInOrder({ candidates, channels }: ExplainFacts): Map<string, Verdict> {
  const limits = new Map(Object.entries(channels).map(([name, room]) => [name, new Limit(name, room)]));
  const verdicts = new Map<string, Verdict>();
  let place = 0;
  for (const candidate of candidates) {
    const path = (candidate.limits ?? []).flatMap((name) => limits.get(name) ?? []);
    const holds = path.flatMap((limit) => limit.holds());
    if (candidate.claimable && holds.length === 0) {
      for (const limit of path) limit.take();
      place += 1;
      verdicts.set(candidate.uuid, { place });
    } else {
      for (const limit of path) limit.passedBy(candidate);
      verdicts.set(candidate.uuid, { holds });
    }
  }
  return verdicts;
}

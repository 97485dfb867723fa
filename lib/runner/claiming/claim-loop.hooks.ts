import type { RoundTripInfo } from '../../store/claims/round-trip-info.js';
import type { EndedAttempt } from '../attempt/attempt-result.js';

export interface ClaimLoopHooks {
  readonly roundTripped: (info: RoundTripInfo, ended: readonly EndedAttempt[], outcome: ClaimOutcome) => void;
  /** What this node had and did not begin is for others now: it takes no more jobs. */
  readonly gaveJobsBack: () => void;
  /** The others have given this node up; returns its new number. */
  readonly reregister: () => Promise<number>;
  /** Jobs that the database says this node has were unknown to it, and were given back. */
  readonly orphans: (uuids: readonly string[]) => void;
  readonly failed: (error: unknown, attempt: number) => void;
  /** Round trips get through again. */
  readonly recovered: () => void;
}

/** How the claim of a round trip went. */
export interface ClaimOutcome {
  /** Slots that it asked jobs for; 0: none. */
  readonly slots: number;
  /** Jobs that it brought. */
  readonly claimed: number;
  /** No slot is free after it. */
  readonly filled: boolean;
  /** It has made jobs ready whose eta had come. */
  readonly promoted: boolean;
  /** Permits that it left for others, by channel. */
  readonly freed: ReadonlyMap<string, number>;
}

export interface ClaimLoopSettings {
  readonly only: readonly string[] | null;
}

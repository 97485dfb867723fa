import type { RoundTripInfo } from '../../store/claims/claim-store.js';
import type { EndedAttempt } from '../attempt/attempt-result.js';

export interface ClaimLoopHooks {
  /** What a round trip told beside its jobs; `returned`: it left permits that others can have. */
  readonly roundTripped: (info: RoundTripInfo, ended: readonly EndedAttempt[], returned: boolean) => void;
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

export interface ClaimLoopSettings {
  readonly only: readonly string[] | null;
}

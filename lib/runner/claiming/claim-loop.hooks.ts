import type { CycleInfo } from '../../store/claims/claim-store.js';
import type { Ended } from '../attempt/attempt-result.js';

export interface PumpHooks {
  /** What a round trip told beside its jobs; `returned`: it left permits that others can have. */
  readonly informed: (info: CycleInfo, ended: readonly Ended[], returned: boolean) => void;
  /** What this node had and did not begin is for others now: it takes no more jobs. */
  readonly gaveBack: () => void;
  /** The others have given this node up; answers with its new number. */
  readonly reborn: () => Promise<number>;
  readonly failed: (error: unknown, attempt: number) => void;
  /** Round trips get through again. */
  readonly recovered: () => void;
}

export interface PumpSettings {
  readonly names: () => readonly string[];
  readonly only: readonly string[] | null;
}

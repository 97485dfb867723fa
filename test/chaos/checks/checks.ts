import { batchesEnd, callbacksOnce } from './batches.js';
import { cancelledStays, noRefreshSwallowed } from './calls.js';
import { capacityHolds, throttleHolds } from './capacity.js';
import type { Check } from './check.js';
import { effectsOnce } from './effects.js';
import { everyDoneJobRan, everyJobEnds } from './ends.js';
import { failuresReportedOnce } from './failures.js';
import { dependentsWait, sequentialOrder } from './order.js';
import { deathsHaveAFault, providersAreOpen, runsAreAccountedFor } from './attempts.js';

/** What a campaign's history is judged by. A new one is a file here, and a line. */
export const CHECKS: readonly Check[] = [
  everyJobEnds,
  everyDoneJobRan,
  effectsOnce,
  runsAreAccountedFor,
  deathsHaveAFault,
  providersAreOpen,
  capacityHolds,
  throttleHolds,
  sequentialOrder,
  dependentsWait,
  noRefreshSwallowed,
  cancelledStays,
  batchesEnd,
  callbacksOnce,
  failuresReportedOnce,
];

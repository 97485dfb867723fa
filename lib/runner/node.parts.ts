import type { FailureHandler } from '../job/failed-job.js';
import type { Store } from '../store/store.js';
import type { AttemptMeter } from './reporting/stats-recorder.js';
import type { Executor } from './execution/executor.js';
import type { NodeLog } from './reporting/node-log.js';
import type { ProgressBuffer } from './reporting/progress-buffer.js';

/** What a node is made of beside its settings. */
export interface NodeParts {
  readonly store: Store;
  readonly progress: ProgressBuffer;
  readonly log: NodeLog;
  /** Somebody wants this node to end. */
  readonly stopRequested: () => void;
  /** The job functions that it can run. */
  readonly names: readonly string[];
  /** Those of them that run in a transaction. */
  readonly transactional: ReadonlySet<string>;
  /** Which job functions report the failures of which. */
  readonly onFailed: ReadonlyMap<string, FailureHandler>;
  readonly meter: AttemptMeter | undefined;
  readonly executor: (node: () => number) => Pick<Executor, 'execute'>;
}

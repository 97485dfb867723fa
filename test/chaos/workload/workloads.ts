import { batchCalls } from './batches.js';
import { cancel } from './cancel.js';
import { graphs } from './graphs.js';
import { identity } from './identity.js';
import { plain } from './plain.js';
import { retries } from './retries.js';
import { sequential } from './sequential.js';
import { transactional } from './transactional.js';
import type { Workload } from './workload.js';

/** Every kind of work that a campaign does. A new kind is a file here, and a line. */
export const WORKLOADS: readonly Workload[] = [
  plain,
  retries,
  transactional,
  graphs,
  identity,
  sequential,
  batchCalls,
  cancel,
];

import type { Tables } from '../../../connection/tables.js';

/**
 * Who adds and who closes meet at an advisory lock, not at the row of the batch: a transaction that adds may stay open for
 * long, and no end of a member may have to wait for it.
 */
export const batchLock = (t: Tables, uuid: string): string =>
  `hashtextextended('${t.batch.replaceAll("'", "''")} ' || (${uuid})::uuid::text, 0)`;

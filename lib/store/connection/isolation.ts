import type { DataSource } from 'typeorm';

/**
 * Every transaction that looks again after it has waited for a lock needs a new snapshot for each statement: the permits
 * of a channel, the parents of a job and the members of a batch are counted so.
 */
export const ISOLATION = 'READ COMMITTED';

/** Whether transactions of this database have another isolation where nothing is said. */
export async function hasOtherDefault(dataSource: DataSource): Promise<boolean> {
  const [row] = (await dataSource.query(
    `SELECT current_setting('default_transaction_isolation') AS isolation`,
  )) as { isolation: string }[];
  return row?.isolation !== ISOLATION.toLowerCase();
}

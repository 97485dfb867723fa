import type { Query } from './database.js';

/** For the rest of this transaction; 0 waits without end. */
export async function limitLockWaits(query: Query, milliseconds: number): Promise<void> {
  await query(`SELECT set_config('lock_timeout', $1, true)`, [`${milliseconds}ms`]);
}

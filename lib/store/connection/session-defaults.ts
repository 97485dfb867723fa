import type { DataSource } from 'typeorm';
import { ISOLATION } from './isolation.js';

/** What the role or the database sets for sessions in which nothing else is said. */
export interface SessionDefaults {
  /** Transactions have another isolation than our statements can live with. */
  readonly otherIsolation: boolean;
  /** Dates are written in another form than ISO 8601, which is the only one that pg reads. */
  readonly otherDates: boolean;
}

/** As an application's own connection to the server comes. */
export async function sessionDefaultsOf(dataSource: DataSource): Promise<SessionDefaults> {
  const [row] = (await dataSource.query(
    `SELECT current_setting('default_transaction_isolation') AS isolation, current_setting('DateStyle') AS dates`,
  )) as { isolation: string; dates: string }[];
  return {
    otherIsolation: row?.isolation !== ISOLATION.toLowerCase(),
    otherDates: row?.dates.startsWith('ISO') !== true,
  };
}

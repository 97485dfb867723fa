/** Of the transactions of callers and jobs; the strict ones seldom, since they are refused more often. */
export const ISOLATIONS = [
  'READ COMMITTED',
  'READ COMMITTED',
  'READ COMMITTED',
  'REPEATABLE READ',
  'SERIALIZABLE',
] as const;

export type Isolation = (typeof ISOLATIONS)[number];

/** Of the transactions of callers and jobs; the strict ones seldom, since they are refused more often. */
export const ISOLATIONS = [
  ...Array.from({ length: 16 }, () => 'READ COMMITTED' as const),
  'REPEATABLE READ',
  'REPEATABLE READ',
  'REPEATABLE READ',
  'SERIALIZABLE',
] as const;

export type Isolation = (typeof ISOLATIONS)[number];

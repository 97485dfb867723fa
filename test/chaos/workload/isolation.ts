/** Of the transactions of callers and jobs; the strict ones seldom, since they are refused more often. */
export const ISOLATIONS = [
  ...Array.from({ length: 7 }, () => 'READ COMMITTED' as const),
  'REPEATABLE READ',
  'REPEATABLE READ',
  'SERIALIZABLE',
] as const;

export type Isolation = (typeof ISOLATIONS)[number];

/** Each bucket reaches a quarter further than the one before. */
const GROWTH = 1.25;

/** The first bucket holds everything up to this, in seconds. */
const SMALLEST = 0.0001;

/** The last bucket begins at 53 days, and holds what is longer. */
export const BUCKETS = 112;

const PER_BUCKET = 1 / Math.log(GROWTH);

/** The upper end of a bucket, in seconds. */
const end = (bucket: number): number => SMALLEST * GROWTH ** bucket;

/**
 * The bucket that a time in seconds belongs to. Histograms of different nodes and minutes have the same buckets, so
 * they can be added up.
 */
export function bucketOf(seconds: number): number {
  if (!(seconds > SMALLEST)) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(seconds / SMALLEST) * PER_BUCKET));
}

/**
 * The time in seconds that a share of the counted ones did not exceed; null where none was counted. It is the middle
 * of the bucket that holds it (the geometric one), so it is at most 12 % off, or 0.1 ms where it is shorter than that.
 *
 * @param counts - one number a bucket; those at the end may be missing
 * @param share - 0.95 for the 95th percentile
 * @example
 * ```ts
 * percentile(counts, 0.5); // 0.0231
 * ```
 */
export function percentile(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const wanted = Math.max(1, Math.ceil(total * share));
  let seen = 0;
  const bucket = counts.findIndex((count) => (seen += count) >= wanted);
  return middle(bucket);
}

/** Without the empty buckets at its end. */
export function trimmed(counts: ArrayLike<number>): number[] {
  const all = Array.from(counts);
  return all.slice(0, all.findLastIndex((count) => count > 0) + 1);
}

/** The sum of the counted times in seconds, each taken for the middle of its bucket: at most 12 % off. */
export function totalOf(counts: readonly number[]): number {
  return counts.reduce((sum, count, bucket) => sum + count * middle(bucket), 0);
}

/** The geometric one, in seconds. */
const middle = (bucket: number): number => (bucket === 0 ? SMALLEST / 2 : end(bucket) / Math.sqrt(GROWTH));

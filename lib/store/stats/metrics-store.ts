import type { QueueDatabase } from '../connection/database.js';
import type { Tables } from '../connection/tables.js';

/** Which sums to read. */
export interface MetricsFilter {
  /** A channel, its subchannels included. */
  readonly channel?: string | undefined;
  /** `Provider.method`. */
  readonly name?: string | undefined;
}

/** The sums of one stretch of time. */
export interface MetricsPoint {
  /** Its start, in seconds since 1970. */
  readonly time: number;
  readonly done: number;
  readonly failed: number;
  readonly retried: number;
  readonly cancelled: number;
  /** Histograms; see lib/common/histogram.ts. */
  readonly wait: readonly number[];
  readonly run: readonly number[];
  readonly depth: number | null;
}

/** What a chart shows: points of a width in seconds, which must be one that the rollups have. */
export interface MetricsRange {
  readonly width: 60 | 900 | 3600;
  readonly points: number;
}

/** The sums of one job function. */
export interface FunctionSums {
  readonly name: string;
  readonly ended: number;
  readonly failedTries: number;
  /** Attempts that ended, one way or the other. */
  readonly attempts: number;
  readonly run: readonly number[];
}

/** Reads the small tables that charts are drawn from. */
export class MetricsStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
  ) {}

  /** Points of equal distance, the oldest first; the last is the one that is not over. */
  async points({ width, points }: MetricsRange, filter: MetricsFilter): Promise<MetricsPoint[]> {
    const since = `to_timestamp((floor(extract(epoch FROM clock_timestamp()) / $1::integer) - $2::integer + 1) * $1::integer)`;
    const where = `r.width = $1 AND r.bucket >= ${since} AND r.bucket <= clock_timestamp()
      AND ($3::text IS NULL OR r.channel = $3 OR starts_with(r.channel, $3 || '.'))`;
    const values = [width, points, filter.channel ?? null, filter.name ?? null];
    const { rollup } = this.tables;
    const [times, sums, histograms, depths] = await Promise.all([
      this.database.look(`SELECT extract(epoch FROM ${since})::float8 AS first`, [width, points]),
      this.database.look(
        `SELECT extract(epoch FROM r.bucket)::float8 AS time, sum(r.done) AS done, sum(r.failed) AS failed, sum(r.retried) AS retried,
           sum(r.cancelled) AS cancelled
         FROM ${rollup} r WHERE ${where} AND r.name <> '' AND ($4::text IS NULL OR r.name = $4) GROUP BY r.bucket`,
        values,
      ),
      this.database.look(
        `SELECT extract(epoch FROM r.bucket)::float8 AS time, h.at, sum(h.wait) AS wait, sum(h.run) AS run
         FROM ${rollup} r CROSS JOIN LATERAL unnest(r.wait, r.run) WITH ORDINALITY h (wait, run, at)
         WHERE ${where} AND r.name <> '' AND ($4::text IS NULL OR r.name = $4) AND (h.wait > 0 OR h.run > 0)
         GROUP BY r.bucket, h.at`,
        values,
      ),
      this.database.look(
        `SELECT extract(epoch FROM r.bucket)::float8 AS time, max(r.depth) FILTER (WHERE r.channel = '') AS total,
           sum(r.depth) FILTER (WHERE r.channel <> '' AND ($3::text IS NULL OR r.channel = $3 OR starts_with(r.channel, $3 || '.'))) AS inside
         FROM ${rollup} r WHERE r.width = $1 AND r.bucket >= ${since} AND r.name = '' AND $4::text IS NULL GROUP BY r.bucket`,
        values,
      ),
    ]);
    const first = times[0]?.['first'] as number;
    const at = new Map(
      Array.from({ length: points }, (_, place) => [
        first + place * width,
        emptyPoint(first + place * width),
      ]),
    );
    for (const row of sums) {
      const point = at.get(row['time'] as number);
      for (const kind of ['done', 'failed', 'retried', 'cancelled'] as const)
        if (point !== undefined) point[kind] = Number(row[kind]);
    }
    for (const row of histograms) {
      const point = at.get(row['time'] as number);
      if (point === undefined) continue;
      const bucket = Number(row['at']) - 1;
      fill(point.wait, bucket, Number(row['wait'] ?? 0));
      fill(point.run, bucket, Number(row['run'] ?? 0));
    }
    for (const row of depths) {
      const point = at.get(row['time'] as number);
      if (point === undefined || row['total'] === null) continue;
      point.depth = Number(filter.channel === undefined ? row['total'] : (row['inside'] ?? 0));
    }
    return [...at.values()];
  }

  /** The last 24 hours by job function. */
  async byFunction(): Promise<Map<string, FunctionSums>> {
    const since = `width = 900 AND bucket > clock_timestamp() - interval '1 day' AND name <> ''`;
    const [sums, histograms] = await Promise.all([
      this.database.look(
        `SELECT name, sum(done + failed + cancelled) AS ended, sum(failed + retried) AS bad,
           sum(done + failed + retried + cancelled) AS attempts FROM ${this.tables.rollup} WHERE ${since} GROUP BY name`,
      ),
      this.database.look(
        `SELECT r.name, h.at, sum(h.run) AS run FROM ${this.tables.rollup} r CROSS JOIN LATERAL unnest(r.run) WITH ORDINALITY h (run, at)
         WHERE ${since} AND h.run > 0 GROUP BY r.name, h.at`,
      ),
    ]);
    const runs = new Map<string, number[]>();
    for (const row of histograms) {
      const name = row['name'] as string;
      const run = runs.get(name) ?? [];
      fill(run, Number(row['at']) - 1, Number(row['run']));
      runs.set(name, run);
    }
    return new Map(
      sums.map((row) => {
        const name = row['name'] as string;
        const ended = Number(row['ended']);
        const [failedTries, attempts] = [Number(row['bad']), Number(row['attempts'])];
        return [name, { name, ended, failedTries, attempts, run: runs.get(name) ?? [] }];
      }),
    );
  }
}

type Filling = { -readonly [K in keyof MetricsPoint]: MetricsPoint[K] } & { wait: number[]; run: number[] };

const emptyPoint = (time: number): Filling => ({
  time,
  done: 0,
  failed: 0,
  retried: 0,
  cancelled: 0,
  wait: [],
  run: [],
  depth: null,
});

function fill(counts: number[], bucket: number, count: number): void {
  while (counts.length < bucket) counts.push(0);
  counts[bucket] = count;
}

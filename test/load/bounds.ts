import { type Sample, TABLES } from './sample.js';

/** Connections of one process at most: four of the library, and one that the data source opened when it started. */
const CONNECTIONS = 5;

export interface Verdict {
  readonly says: string;
  readonly holds: boolean;
  readonly figures: string;
}

export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;

/**
 * The last third of the time against the second: what grows with the number of jobs that there ever were shows there.
 * The first third is for warming up.
 */
export function judge(samples: readonly Sample[], jobs: number): Verdict[] {
  const third = Math.floor(samples.length / 3);
  const before = samples.slice(third, 2 * third);
  const after = samples.slice(2 * third);
  const peak = (of: readonly Sample[], value: (sample: Sample) => number): number =>
    Math.max(...of.map(value));
  const flat = (what: string, value: (sample: Sample) => number, factor: number, room: number): Verdict => {
    const [old, now] = [peak(before, value), peak(after, value)];
    return {
      says: `${what}: at most ${factor} × the second third + ${room}`,
      holds: now <= old * factor + room,
      figures: `${old.toFixed(1)} → ${now.toFixed(1)}`,
    };
  };
  const processes = samples[0]?.rss.map((_, at) => at) ?? [];
  const last = samples.at(-1);
  const [old, now] = [before, after].map((part) =>
    percentile(
      part.flatMap(({ pickups }) => pickups),
      0.99,
    ),
  ) as [number, number];
  const connections = peak(samples, (sample) => Math.max(...sample.connections));
  return [
    {
      says: 'every job is done once',
      holds: last?.done === jobs && last.living === 0,
      figures: `${last?.done} of ${jobs} done, ${last?.living} left`,
    },
    ...processes.map((at) => flat(`RSS of process ${at + 1}, MB`, ({ rss }) => rss[at] ?? 0, 1.15, 15)),
    ...processes.map((at) => flat(`heap of process ${at + 1}, MB`, ({ heap }) => heap[at] ?? 0, 1.15, 5)),
    {
      says: `connections of a process: at most ${CONNECTIONS}`,
      holds: connections <= CONNECTIONS,
      figures: `at most ${connections}`,
    },
    ...TABLES.map((table) => flat(`${table} with indexes, MB`, ({ sizes }) => sizes[table] ?? 0, 1.3, 10)),
    {
      says: 'retention keeps up: nothing is kept for more than two rounds beyond its time',
      holds: peak(after, ({ overdue }) => overdue) === 0,
      figures: `${peak(after, ({ overdue }) => overdue)} overdue`,
    },
    {
      says: 'pickup p99, ms: at most 1.5 × the second third + 20',
      holds: now <= old * 1.5 + 20,
      figures: `${old.toFixed(1)} → ${now.toFixed(1)}`,
    },
  ];
}

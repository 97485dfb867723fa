import type { Ability, OpenSystem } from './system.ts';

/** What is known of a system without loading it. */
export interface SystemEntry {
  readonly name: string;
  readonly title: string;
  /** The package whose version is reported. */
  readonly package?: string;
  /** What becomes of the rows of jobs that are done. */
  readonly rows: string;
  readonly store: 'PostgreSQL' | 'Redis';
  /** Peers are what the ratios are taken to; not the floor, and not what is measured. */
  readonly kind: 'ours' | 'peer' | 'floor';
  /** Which part of `--jobs` it gets to drain, so that slow systems don't take all the time. */
  readonly share: number;
  readonly can: readonly Ability[];
  /** The system whose tables it works on, where they are not its own. */
  readonly tables?: string;
  /** Its tables depend on what its settings are chosen for. */
  readonly tablesByPurpose?: true;
  /** Left out unless it, or everything, is asked for. */
  readonly optional?: true;
  /** Loads its modules, which takes a while, and answers with what opens it. */
  readonly load: () => Promise<OpenSystem>;
}

const COMMON = ['enqueue', 'bulk', 'drain', 'pickup'] as const;

export const SYSTEMS: readonly SystemEntry[] = [
  {
    name: 'queue-job',
    title: 'nestjs-queue-job',
    package: 'nestjs-queue-job',
    rows: 'kept',
    store: 'PostgreSQL',
    kind: 'ours',
    share: 1,
    can: [
      ...COMMON,
      'enqueue in a transaction',
      'capacity of one',
      'capacity',
      'tree',
      'many channels',
      'shapes',
      'groups',
      'transactional jobs',
      'chain',
      'idle cost',
      'backlog',
      'future and done jobs',
      'schedules',
      'schedules of every second',
      'fleet',
      'fleet heartbeats',
      'results',
    ],
    load: async () => (await import('./queue-job.ts')).open,
  },
  {
    name: 'graphile-worker',
    title: 'graphile-worker',
    package: 'graphile-worker',
    rows: 'deleted',
    store: 'PostgreSQL',
    kind: 'peer',
    share: 1,
    can: [
      ...COMMON,
      'enqueue in a transaction',
      'capacity of one',
      'idle cost',
      'backlog',
      'schedules',
      'fleet',
    ],
    load: async () => (await import('./graphile-worker.ts')).open,
  },
  {
    name: 'pg-boss',
    title: 'pg-boss, work()',
    package: 'pg-boss',
    rows: 'kept',
    store: 'PostgreSQL',
    kind: 'peer',
    share: 0.5,
    can: [
      ...COMMON,
      'enqueue in a transaction',
      'capacity of one',
      'capacity',
      'groups',
      'transactional jobs',
      'chain',
      'idle cost',
      'backlog',
      'schedules',
      'fleet',
    ],
    tablesByPurpose: true,
    load: async () => (await import('./pg-boss.ts')).openBy('work'),
  },
  {
    name: 'pg-boss-fetch',
    title: 'pg-boss, fetch()',
    package: 'pg-boss',
    rows: 'kept',
    store: 'PostgreSQL',
    kind: 'peer',
    share: 0.5,
    can: ['drain'],
    tables: 'pg-boss',
    tablesByPurpose: true,
    optional: true,
    load: async () => (await import('./pg-boss.ts')).openBy('fetch'),
  },
  {
    name: 'bullmq-postgres',
    title: 'BullMQ on PostgreSQL',
    package: 'bullmq',
    rows: 'kept',
    store: 'PostgreSQL',
    kind: 'peer',
    share: 0.05,
    can: [
      ...COMMON,
      'capacity of one',
      'capacity',
      'chain',
      'idle cost',
      'schedules',
      'schedules of every second',
    ],
    load: async () => (await import('./bullmq-postgres.ts')).open,
  },
  {
    name: 'bullmq-redis',
    title: 'BullMQ on Redis',
    package: 'bullmq',
    rows: 'kept',
    store: 'Redis',
    kind: 'peer',
    share: 0.1,
    can: [...COMMON, 'capacity of one', 'capacity', 'chain', 'schedules', 'schedules of every second'],
    optional: true,
    load: async () => (await import('./bullmq-redis.ts')).open,
  },
  {
    name: 'bare-sql',
    title: 'bare SQL',
    rows: 'kept',
    store: 'PostgreSQL',
    kind: 'floor',
    share: 1,
    can: ['enqueue', 'enqueue in a transaction', 'bulk', 'drain', 'transactional jobs'],
    tables: 'queue-job',
    load: async () => (await import('./bare-sql.ts')).open,
  },
];

export function systemNamed(name: string): SystemEntry {
  const found = SYSTEMS.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`There is no system ${name}.`);
  return found;
}

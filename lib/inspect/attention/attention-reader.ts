import type { Attention } from '../../job/attention.js';
import type { AuditStore } from '../../store/jobs/audit-store.js';
import type { AttentionStore, ClusterSigns, HeldJobs } from '../../store/stats/attention-store.js';
import type { OverviewStore, WaitingLook } from '../../store/stats/overview-store.js';

/** A job that is ready and has waited longer needs attention, in seconds. */
const LONG_WAIT = 600;
/** Fewer failed attempts within 15 minutes are no rise. */
const FEW_FAILURES = 10;
/** So many times as many as usual are a rise. */
const RISE = 3;
/** Functions that no node has and that are named. */
const MOST = 20;

/** The items, and the look at what waits longest from which some of them come. */
export interface AttentionLook {
  /** The most urgent first; empty if all is well. */
  readonly items: readonly Attention[];
  readonly waiting: WaitingLook;
}

/**
 * Finds what somebody has to do something about. Three statements, and a fourth if a channel is paused: none of them costs
 * more than a bound, however many jobs, channels and nodes there are.
 */
export class AttentionReader {
  constructor(
    private readonly store: {
      readonly attention: AttentionStore;
      readonly overview: OverviewStore;
      readonly audit: AuditStore;
    },
  ) {}

  async read(): Promise<AttentionLook> {
    const [waiting, held, signs] = await Promise.all([
      this.store.overview.waiting(),
      this.store.attention.held(),
      this.store.attention.signs(),
    ]);
    const paused = held.flatMap(({ reason, name }) => (reason === 'paused' ? [name] : []));
    const pauses = paused.length === 0 ? new Map<string, Pause>() : await this.store.audit.pauses(paused);
    const items = [
      ...ofSigns(signs),
      ...held.map((jobs) => ofHeld(jobs, pauses)),
      ...ofWaiting(waiting, signs.nodes),
    ];
    return { items, waiting };
  }
}

interface Pause {
  readonly actor: string;
  readonly date: Date;
}

function ofSigns({ silent, recent, usual, overdue }: ClusterSigns): Attention[] {
  const rising = recent >= FEW_FAILURES && recent > RISE * usual;
  return [
    ...silent.map((node): Attention => ({ kind: 'silent', ...node })),
    ...(rising ? [{ kind: 'failing', recent, usual: Math.round(usual) } as const] : []),
    ...overdue.map((schedule): Attention => ({ kind: 'overdue', ...schedule })),
  ];
}

function ofHeld(
  { reason, name, waiting, uuid, by, since }: HeldJobs,
  pauses: ReadonlyMap<string, Pause>,
): Attention {
  if (reason === 'paused-function')
    return { kind: reason, name, waiting, actor: by, since: since ?? new Date(0) };
  if (reason === 'stopped' && uuid !== null) return { kind: 'stopped', channel: name, waiting, uuid };
  const kind = reason === 'paused' ? 'paused' : 'closed';
  return { kind, channel: name, waiting, by: pauses.get(name) ?? null };
}

function ofWaiting({ uuid, seconds, unknown, unserved }: WaitingLook, nodes: number): Attention[] {
  if (nodes === 0 && (uuid !== null || unknown.length > 0)) return [{ kind: 'no-node' }];
  const isLate = uuid !== null && seconds !== null && seconds > LONG_WAIT;
  return [
    ...unknown.slice(0, MOST).map((name): Attention => ({ kind: 'unknown', name })),
    ...unserved.map((pair): Attention => ({ kind: 'unserved', ...pair })),
    ...(isLate ? [{ kind: 'late', uuid, seconds } as const] : []),
  ];
}

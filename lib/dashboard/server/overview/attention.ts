import { Injectable } from '@nestjs/common';
import { AttentionStore } from '../../../store/stats/attention-store.js';
import type { NodeState } from '../../../store/nodes/node-store.js';
import type { WaitingLook } from '../../../store/stats/overview-store.js';
import type { AttentionItem } from '../../api/cluster.api.js';
import { DashboardStore } from '../store/dashboard.store.js';

/** A job that is ready and has waited longer needs attention, in seconds. */
const LONG_WAIT = 600;
/** Fewer failed attempts within 15 minutes are no rise. */
const FEW_FAILURES = 10;
/** So many times as many as usual are a rise. */
const RISE = 3;
/** Looks are shared by all who ask within this many milliseconds. */
const FRESH_MS = 2_000;

/** What somebody has to do something about, the most urgent first; nothing if all is well. */
@Injectable()
export class Attention {
  private readonly looks: AttentionStore;
  private latest: Promise<AttentionItem[]> | null = null;
  private at = -Infinity;

  constructor(private readonly store: DashboardStore) {
    this.looks = new AttentionStore(store.database, store.tables);
  }

  async items(waiting: WaitingLook, nodes: readonly NodeState[]): Promise<AttentionItem[]> {
    const now = performance.now();
    if (this.latest === null || now - this.at > FRESH_MS) {
      this.at = now;
      this.latest = this.look();
      this.latest.catch(() => (this.latest = null));
    }
    return [...ofNodes(nodes), ...(await this.latest), ...ofWaiting(waiting)];
  }

  private async look(): Promise<AttentionItem[]> {
    const [held, { recent, usual }] = await Promise.all([
      this.looks.heldChannels(),
      this.looks.failureRate(),
    ]);
    const paused = held.flatMap(({ reason, channel }) => (reason === 'paused' ? [channel] : []));
    const pauses = await this.store.audit.pauses(paused);
    const rising = recent >= FEW_FAILURES && recent > RISE * usual;
    return [
      ...(rising ? [{ kind: 'failing', recent, usual: Math.round(usual) } as const] : []),
      ...held.map(({ channel, reason, waiting, uuid }): AttentionItem => {
        const pause = pauses.get(channel);
        if (reason === 'stopped' && uuid !== null) return { kind: 'stopped', channel, waiting, uuid };
        const by = pause === undefined ? null : { actor: pause.actor, date: pause.date.toISOString() };
        return { kind: reason === 'paused' ? 'paused' : 'closed', channel, waiting, by };
      }),
    ];
  }
}

function ofNodes(nodes: readonly NodeState[]): AttentionItem[] {
  return nodes
    .filter(({ state }) => state === 'suspect')
    .map(({ id, name, dateSeen }) => ({ kind: 'silent', node: id, name, since: dateSeen.toISOString() }));
}

function ofWaiting({ uuid, seconds, unknown }: WaitingLook): AttentionItem[] {
  const isLate = uuid !== null && seconds !== null && seconds > LONG_WAIT;
  return [
    ...unknown.map((name): AttentionItem => ({ kind: 'unknown', name })),
    ...(isLate ? [{ kind: 'late', uuid, seconds } as const] : []),
  ];
}

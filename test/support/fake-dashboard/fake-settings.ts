import type { ChannelProperties, ChannelView } from '../../../lib/dashboard/api/channels.api.js';
import type { FunctionChangeRequest, FunctionView } from '../../../lib/dashboard/api/functions.api.js';
import type { NodeActionName, NodeView, Problem } from '../../../lib/dashboard/api/cluster.api.js';

type Refusal = Pick<Problem, 'detail' | 'code' | 'errors'>;

const BECOMES: Readonly<Record<NodeActionName, NodeView['state']>> = {
  drain: 'draining',
  resume: 'alive',
  stop: 'stopping',
};

/** What was changed on the page, kept apart from what the code says. */
export class FakeSettings {
  readonly channels = new Map<string, Partial<ChannelProperties>>();
  readonly functions = new Map<string, FunctionChangeRequest>();
  readonly nodes = new Map<number, NodeView['state']>();
  /** The job functions that may be scheduled on the page. */
  readonly schedulable = new Set(['Images.resize', 'Reports.monthly']);

  channel(view: ChannelView): ChannelView {
    const changed = this.channels.get(view.name) ?? view.changed;
    const { paused } = { ...view, ...changed };
    const pause = paused
      ? { actor: 'ada@example.com', date: new Date(Date.now() - 3_600_000).toISOString() }
      : null;
    return { ...view, ...view.configured, ...changed, changed, pause };
  }

  /** @returns What speaks against it. */
  changeChannel(view: ChannelView, change: Partial<ChannelProperties>): Refusal | null {
    const { capacity, sequential } = { ...this.channel(view), ...change };
    if (capacity !== null && capacity > 1_000) {
      const message = 'must be at most 1,000, or null';
      return { detail: `capacity: ${message}`, errors: [{ path: 'capacity', message }] };
    }
    if (sequential && capacity !== 1) {
      return { detail: `Channel "${view.name}": sequential needs capacity 1.`, code: 'CHANNEL_CONFIG' };
    }
    const { changed } = this.channel(view);
    const code: Partial<ChannelProperties> = { ...view, ...view.configured };
    // As the server does: an override that equals the code is dropped.
    const next = Object.entries({ ...changed, ...change }).filter(
      ([key, value]) => code[key as keyof ChannelProperties] !== value,
    );
    this.channels.set(view.name, Object.fromEntries(next));
    return null;
  }

  jobFunction(view: FunctionView): FunctionView {
    const { channel = null, retryPattern = null, paused = false } = this.functions.get(view.name) ?? {};
    return {
      ...view,
      schedulable: this.schedulable.has(view.name),
      channel: channel ?? view.channel,
      retryPattern: retryPattern ?? view.retryPattern,
      changed: { channel, retryPattern },
      paused: paused ? { by: 'ada@example.com', since: new Date(Date.now() - 60_000).toISOString() } : null,
    };
  }

  changeFunction({ name }: FunctionView, change: FunctionChangeRequest): Refusal | null {
    if (typeof change.channel === 'string' && !/^[\w.]+$/.test(change.channel)) {
      const message = 'must be a name such as root.mail';
      return { detail: `channel: ${message}`, errors: [{ path: 'channel', message }] };
    }
    this.functions.set(name, { ...this.functions.get(name), ...change });
    return null;
  }

  node(view: NodeView): NodeView {
    return { ...view, state: this.nodes.get(view.id) ?? view.state };
  }

  ask({ id }: NodeView, action: NodeActionName): null {
    this.nodes.set(id, BECOMES[action]);
    return null;
  }
}

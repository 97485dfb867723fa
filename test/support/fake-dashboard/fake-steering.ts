import type { NodeActionName } from '../../../lib/dashboard/api/cluster.api.js';
import { fakeChannels, fakeFunctions, fakeLoad, fakeNodes } from './fake-cluster.js';
import type { FakeDashboard } from './fake-dashboard.js';
import { FakeProblem, found } from './fake-problem.js';

/** What can be changed by hand: read, changed, or given back to the code. */
export function steered(
  { jobs, settings }: FakeDashboard,
  what: 'channels' | 'functions' | 'nodes',
  method: string,
  key: string | undefined,
  action: string | undefined,
  body: string,
  query: URLSearchParams,
): unknown {
  const pick = <T>(
    all: readonly T[],
    now: (one: T) => T,
    keyOf: (one: T) => string,
    change: (one: T) => Refusal,
  ) => {
    if (key === undefined) {
      return all.map(now);
    }
    const one = found(all.find((view) => keyOf(view) === key));
    const refusal = method === 'GET' ? null : change(one);
    if (refusal !== null) {
      throw new FakeProblem(400, 'Bad Request', refusal.detail, refusal);
    }
    return now(one);
  };
  type Refusal = ReturnType<typeof settings.changeChannel>;
  const reset = (of: Map<string, object>) => {
    of.set(key ?? '', {});
    return null;
  };
  if (what === 'channels' && action === 'load') {
    return fakeLoad(key ?? '', jobs, fakeNodes(jobs));
  }
  if (what === 'channels') {
    return pick(
      fakeChannels(jobs)
        .filter(({ name }) => name.includes(query.get('text') ?? ''))
        .slice(0, key === undefined ? Number(query.get('limit') ?? 200) : undefined),
      (view) => settings.channel(view),
      ({ name }) => name,
      (view) =>
        method === 'PATCH'
          ? settings.changeChannel(view, JSON.parse(body) as object)
          : reset(settings.channels),
    );
  }
  if (what === 'functions') {
    return pick(
      fakeFunctions(jobs),
      (view) => settings.jobFunction(view),
      ({ name }) => name,
      (view) =>
        method === 'PATCH'
          ? settings.changeFunction(view, JSON.parse(body) as object)
          : reset(settings.functions),
    );
  }
  return pick(
    fakeNodes(jobs),
    (view) => settings.node(view),
    ({ id }) => String(id),
    (view) => settings.ask(view, action as NodeActionName),
  );
}

import type { GraphJob } from '../../../store/graphs/graph-store.js';

/** Roots that are named of one job. */
const MOST_ROOTS = 3;

/**
 * Of each job that can't start, the jobs at the root of it: those that failed or were cancelled, at any distance. Indexes;
 * at most three a job, so that it takes no more than three walks down the edges.
 */
export function heldUpBy(
  jobs: readonly Pick<GraphJob, 'state'>[],
  edges: readonly (readonly [number, number])[],
): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const [from, to] of edges) {
    const known = children.get(from);
    if (known === undefined) children.set(from, [to]);
    else known.push(to);
  }
  const roots = new Map<number, number[]>();
  jobs.forEach(({ state }, root) => {
    if (state !== 'failed' && state !== 'cancelled') return;
    const open = [root];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const child of children.get(at) ?? []) {
        if (jobs[child]?.state !== 'wait_dependencies') continue;
        const known = roots.get(child) ?? [];
        if (known.length >= MOST_ROOTS || known.includes(root)) continue;
        roots.set(child, [...known, root]);
        open.push(child);
      }
    }
  });
  return roots;
}

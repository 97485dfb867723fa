import type { JobDraft } from '../job-draft.js';
import type { GraphDraft } from './graph-draft.js';

/** Which graphs are stored, and which jobs stand for the others. */
export interface IdentityPlan {
  /** Those that are stored; a job takes its key where that is free. */
  readonly stored: readonly GraphDraft[];
  /** The uuids of the twins, living or among `stored`, by the uuid of the draft that one stands for. */
  readonly twins: ReadonlyMap<string, string>;
}

/**
 * Where all keyed jobs of a graph have a waiting twin, nothing of it is stored; else all of it is, those jobs that have a
 * twin without taking their key.
 *
 * @param holders - the uuids of the jobs that have a key now, by key
 */
export function planIdentities(
  graphs: readonly GraphDraft[],
  holders: ReadonlyMap<string, string>,
): IdentityPlan {
  const taken = new Map(holders);
  const stored: GraphDraft[] = [];
  const twins = new Map<string, string>();
  for (const graph of graphs) {
    const keyed = graph.drafts.filter(({ job }) => job.identityKey !== null);
    const found = keyed.map(({ job }) => [job.uuid, taken.get(job.identityKey as string)] as const);
    if (keyed.length > 0 && found.every(([, twin]) => twin !== undefined)) {
      for (const [uuid, twin] of found) twins.set(uuid, twin as string);
    } else {
      stored.push({ ...graph, drafts: graph.drafts.map((draft) => locking(draft, taken)) });
    }
  }
  return { stored, twins };
}

/** The draft, with its key noted as taken or given up. */
function locking(draft: JobDraft, taken: Map<string, string>): JobDraft {
  const { identityKey, uuid } = draft.job;
  if (identityKey === null) return draft;
  if (taken.has(identityKey)) return { ...draft, job: { ...draft.job, locksKey: false } };
  taken.set(identityKey, uuid);
  return draft;
}

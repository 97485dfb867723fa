import { v7 } from 'uuid';
import type { Dependency } from '../../store/graphs/graph-store.js';
import type { JobDraft } from '../job-draft.js';
import type { DelayableJob } from './delayable-job.js';

/** A whole graph, ready to be stored. */
export interface GraphDraft {
  /** Parents before children. */
  readonly drafts: readonly JobDraft[];
  readonly dependencies: readonly Dependency[];
}

/** The draft of a graph from all its jobs, parents before children. A single job is no graph. */
export function draftGraph(jobs: readonly DelayableJob[]): GraphDraft {
  const [first] = jobs;
  if (jobs.length === 1 && first !== undefined) return { drafts: [first.draft], dependencies: [] };
  const graphUuid = v7();
  return {
    drafts: jobs.map(({ draft, parents, children }) => ({
      ...draft,
      job: { ...draft.job, graphUuid, hasChildren: children.size > 0, waits: parents.size > 0 },
    })),
    dependencies: jobs.flatMap((child) =>
      Array.from(child.parents, (parent) => ({ parent: parent.uuid, child: child.uuid })),
    ),
  };
}

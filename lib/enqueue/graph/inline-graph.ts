import type { ArgumentCodec } from '../../payload/argument-codec.js';
import type { QueueJob } from '../../store/entities/queue-job.entity.js';
import type { JobDraft } from '../job-draft.js';
import type { StoringTransaction } from '../transactions.js';
import type { GraphDraft } from './graph-draft.js';

/**
 * Runs a graph here and now, each job after its parents, without storing it. Where one of a graph's jobs is to run at
 * once, all are: those that wait for it could not be stored.
 */
export async function runGraphInline(
  graph: GraphDraft,
  codec: ArgumentCodec,
  run: (draft: JobDraft, parentResults: () => Promise<unknown[]>) => Promise<QueueJob>,
  caller: StoringTransaction | undefined,
): Promise<Map<string, QueueJob>> {
  const parents = new Map<string, Set<string>>();
  for (const { parent, child } of graph.dependencies)
    parents.set(child, (parents.get(child) ?? new Set()).add(parent));
  const ended = new Map<string, QueueJob>();
  for (const draft of graph.drafts) {
    const { uuid } = draft.job;
    const before = [...ended.values()].filter((job) => parents.get(uuid)?.has(job.uuid) === true);
    const parentResults = async (): Promise<unknown[]> =>
      // A copy for each child, as from the database.
      Promise.all(
        before.map(({ result }) =>
          codec.decodeValue(codec.encodeValue(result, 'result'), 'result', { through: caller?.manager }),
        ),
      );
    ended.set(uuid, await run(draft, parentResults));
  }
  return ended;
}

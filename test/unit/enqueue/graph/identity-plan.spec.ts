import type { GraphDraft } from '../../../../lib/enqueue/graph/graph-draft.js';
import { planIdentities } from '../../../../lib/enqueue/graph/identity-plan.js';
import type { JobDraft } from '../../../../lib/enqueue/job-draft.js';

/** A graph of jobs named by a letter, each with its key after a colon where it has one: `a:k b c:k2`. */
const graph = (text: string): GraphDraft => ({
  drafts: text.split(' ').map((job) => {
    const [uuid, identityKey = null] = job.split(':');
    return { job: { uuid, identityKey, locksKey: true } } as unknown as JobDraft;
  }),
  dependencies: [],
});

const plan = (holders: Record<string, string>, ...graphs: string[]) => {
  const { stored, twins } = planIdentities(graphs.map(graph), new Map(Object.entries(holders)));
  return {
    stored: stored.map(({ drafts }) =>
      drafts.map(({ job }) => `${job.uuid}${job.locksKey ? '' : ' without'}`).join(', '),
    ),
    twins: Object.fromEntries(twins),
  };
};

describe('the plan for the identity keys of graphs', () => {
  it('stores what has no keys', () => {
    expect(plan({ k: 'x' }, 'a b')).toEqual({ stored: ['a, b'], twins: {} });
  });

  it('stores nothing of a graph whose keyed jobs all have a twin', () => {
    expect(plan({ k: 'x', l: 'y' }, 'a:k b c:l')).toEqual({ stored: [], twins: { a: 'x', c: 'y' } });
  });

  it('stores a graph with one keyed job that has none, the others without their keys', () => {
    expect(plan({ k: 'x' }, 'a:k b c:l')).toEqual({ stored: ['a without, b, c'], twins: {} });
  });

  it('lets only the first of two jobs of one graph take their key', () => {
    expect(plan({}, 'a:k b:k')).toEqual({ stored: ['a, b without'], twins: {} });
  });

  it('takes a job of an earlier graph of the same call for a twin', () => {
    expect(plan({}, 'a:k b', 'c:k', 'd:k e:l')).toEqual({
      stored: ['a, b', 'd without, e'],
      twins: { c: 'a' },
    });
  });
});

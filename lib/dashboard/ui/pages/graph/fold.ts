import type { GraphNodeView, GraphView } from '../../../api/cluster.api.js';
import { JOB_STATES, type JobState } from '../../../../job/job-state.js';
import { layersOf, linksOf } from './layout.js';

/** Siblings of one kind, from this many on, are one. */
const FEWEST = 10;
const ROUNDS = 12;

/** Jobs that are shown as one. */
export interface Fold {
  readonly name: string;
  readonly count: number;
  readonly counts: Readonly<Partial<Record<JobState, number>>>;
}

/** What stands on a fold: its title, and in the place of a job's function how many are in which state. */
export type FoldWords = Pick<GraphNodeView, 'description' | 'name'>;

export interface FoldedGraph {
  readonly graph: GraphView;
  /** By the place of the node that stands for them. */
  readonly folds: ReadonlyMap<number, Fold>;
}

/** The state that somebody has to know first. */
const WORST: readonly JobState[] = [
  'failed',
  'started',
  'enqueued',
  'pending',
  'wait_dependencies',
  'cancelled',
  'done',
];

/**
 * The graph with siblings of one kind folded: jobs of one function that stand at one distance from the beginning, between
 * jobs of the same kinds. Edges lead to greater distances alone, so what is folded has no cycle either.
 *
 * @param describe how many of what it is, and how they are
 */
export function foldGraph(graph: GraphView, describe: (fold: Fold) => FoldWords): FoldedGraph {
  const classes = classesOf(graph);
  const members = new Map<number, number[]>();
  classes.forEach((one, at) => members.set(one, [...(members.get(one) ?? []), at]));
  const place = new Map<number, number>();
  const nodes: GraphNodeView[] = [];
  const folds = new Map<number, Fold>();
  graph.nodes.forEach((node, at) => {
    const alike = members.get(classes[at] ?? -1) ?? [];
    if (alike.length < FEWEST) {
      place.set(at, nodes.push(node) - 1);
    } else if (alike[0] === at) {
      const fold = foldOf(alike.map((one) => graph.nodes[one] ?? node));
      const to = nodes.push(foldedNode(node, fold, describe(fold))) - 1;
      folds.set(to, fold);
      alike.forEach((one) => place.set(one, to));
    }
  });
  const seen = new Set<string>();
  const edges = graph.edges.flatMap(([from, to]): [number, number][] => {
    const edge: [number, number] = [place.get(from) ?? 0, place.get(to) ?? 0];
    const key = edge.join(' ');
    return seen.has(key) || seen.add(key).size === 0 ? [] : [edge];
  });
  const held = new Map<number, Set<number>>();
  graph.nodes.forEach(({ waitingFor }, at) => {
    const to = place.get(at) ?? 0;
    for (const root of waitingFor) {
      held.set(to, (held.get(to) ?? new Set()).add(place.get(root) ?? 0));
    }
  });
  return {
    graph: {
      ...graph,
      nodes: nodes.map((node, at) => ({ ...node, waitingFor: [...(held.get(at) ?? [])].slice(0, 3) })),
      edges,
    },
    folds,
  };
}

/** Which jobs are of one kind: told apart by what stands around them, until that tells no more of them apart. */
function classesOf(graph: GraphView): readonly number[] {
  const links = linksOf(graph);
  const distance = new Map<number, number>();
  layersOf(graph, links).forEach((layer, at) => layer.forEach((one) => distance.set(one, at)));
  let classes = numbered(graph.nodes.map(({ name }, at) => `${distance.get(at)} ${name}`));
  for (let round = 0; round < ROUNDS; round += 1) {
    const around = (of: readonly number[] | undefined): string =>
      [...new Set((of ?? []).map((one) => classes.of[one]))].toSorted((a = 0, b = 0) => a - b).join();
    const next = numbered(
      classes.of.map((one, at) => `${one};${around(links.parents[at])};${around(links.children[at])}`),
    );
    if (next.count === classes.count) {
      break;
    }
    classes = next;
  }
  return classes.of;
}

function numbered(texts: readonly string[]): { readonly of: readonly number[]; readonly count: number } {
  const known = new Map<string, number>();
  const of = texts.map((text) => {
    const number = known.get(text) ?? known.size;
    known.set(text, number);
    return number;
  });
  return { of, count: known.size };
}

function foldOf(nodes: readonly GraphNodeView[]): Fold {
  const counts: Partial<Record<JobState, number>> = {};
  for (const { state } of nodes) {
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return { name: nodes[0]?.name ?? '', count: nodes.length, counts };
}

const foldedNode = (first: GraphNodeView, { counts, count }: Fold, words: FoldWords): GraphNodeView => ({
  ...first,
  ...words,
  state: WORST.find((state) => (counts[state] ?? 0) > 0) ?? first.state,
  progress: { done: counts.done ?? 0, total: count },
});

/** In the order of a job's life, those that there are. */
export const statesOfFold = ({ counts }: Fold): readonly (readonly [JobState, number])[] =>
  JOB_STATES.toSorted((a, b) => Number(b === 'done') - Number(a === 'done')).flatMap((state) => {
    const count = counts[state] ?? 0;
    return count === 0 ? [] : [[state, count] as const];
  });

import type { GraphNodeView, GraphView } from '../../../lib/dashboard/api/cluster.api.js';
import { JOB_STATES, type JobState } from '../../../lib/job/job-state.js';
import { HOSTILE } from './fake-jobs.js';
import { Random } from './random.js';

/** A graph as an import has it: layers, each job bound to one or two of the layer before; it is half done. */
export function bigGraph(size: number, layers = Math.ceil(Math.sqrt(size) / 2)): GraphView {
  const random = new Random(size);
  const edges: [number, number][] = [];
  const nodes: GraphNodeView[] = [];
  const width = Math.ceil(size / layers);
  for (let at = 0; at < size; at += 1) {
    const layer = Math.floor(at / width);
    const above = (layer - 1) * width;
    const parents =
      layer === 0
        ? []
        : [...new Set([above + (at % width), above + random.below(width)])].slice(0, 1 + random.below(2));
    edges.push(...parents.map((parent): [number, number] => [parent, at]));
    const bad = parents.filter((parent) => ['failed', 'cancelled'].includes(nodes[parent]?.state ?? ''));
    const ready = parents.every((parent) => nodes[parent]?.state === 'done');
    const state: JobState = !ready
      ? 'wait_dependencies'
      : layer < layers / 2
        ? random.pick<JobState>([...Array.from<JobState>({ length: 24 }).fill('done'), 'failed', 'started'])
        : random.pick<JobState>(['pending', 'started', 'enqueued']);
    nodes.push({
      uuid: random.uuid(),
      name: ['Catalogue.importFile', 'Images.resize', 'ErpSync.pushOrder'][layer % 3] ?? 'Images.resize',
      description: at === 3 ? HOSTILE[0] : `Step ${at + 1} of the import`,
      state,
      progress: state === 'started' ? { done: random.below(100), total: 100 } : null,
      waitingFor: state === 'wait_dependencies' ? bad : [],
    });
  }
  const counts = Object.fromEntries(
    JOB_STATES.map((state) => [state, nodes.filter((node) => node.state === state).length]),
  ) as GraphView['counts'];
  return { uuid: random.uuid(), nodes, edges, counts, batches: [], cut: 0 };
}

/** A start, so many jobs of one kind each with one behind it, and an end; some failed, and hold up what comes after them. */
export function wideGraph(values: number, failed: number): GraphView {
  const random = new Random(values);
  const node = (name: string, state: JobState, waitingFor: readonly number[] = []): GraphNodeView => ({
    uuid: random.uuid(),
    name,
    description: `${name} of the import`,
    state,
    progress: null,
    waitingFor,
  });
  const nodes = [node('Catalogue.read', 'done')];
  const edges: [number, number][] = [];
  const end = 2 * values + 1;
  for (let at = 1; at <= values; at += 1) {
    nodes.push(node('Catalogue.value', at <= failed ? 'failed' : 'done'));
    edges.push([0, at], [at, values + at], [values + at, end]);
  }
  for (let at = 1; at <= values; at += 1) {
    nodes.push(
      node('Catalogue.check', at <= failed ? 'wait_dependencies' : 'done', at <= failed ? [at] : []),
    );
  }
  nodes.push(node('Catalogue.total', 'wait_dependencies', [1, 2, 3].slice(0, failed)));
  const counts = Object.fromEntries(
    JOB_STATES.map((state) => [state, nodes.filter((one) => one.state === state).length]),
  ) as GraphView['counts'];
  const batches = [{ uuid: random.uuid(), name: 'Import of May' }];
  return { uuid: random.uuid(), nodes, edges, counts, batches, cut: 0 };
}

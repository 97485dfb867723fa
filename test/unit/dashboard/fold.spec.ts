import { type Fold, foldGraph } from '../../../lib/dashboard/ui/pages/graph/fold.js';
import { bigGraph, wideGraph } from '../../support/fake-dashboard/fake-graph.js';

const words = ({ name, count }: Fold) => ({ description: `${count} ${name}`, name });

describe('a folded graph', () => {
  it('has one node for each kind, and the edges between them once', () => {
    const { graph, folds } = foldGraph(wideGraph(300, 4), words);
    expect(graph.nodes.map(({ description, state }) => [description, state])).toEqual([
      ['Catalogue.read of the import', 'done'],
      ['300 Catalogue.value', 'failed'],
      ['300 Catalogue.check', 'wait_dependencies'],
      ['Catalogue.total of the import', 'wait_dependencies'],
    ]);
    expect(graph.edges).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(folds.get(1)?.counts).toEqual({ done: 296, failed: 4 });
    expect(graph.nodes.map(({ waitingFor }) => waitingFor)).toEqual([[], [], [1], [1]]);
  });

  it('keeps a chain of one function apart, since its jobs stand at different distances', () => {
    const graph = wideGraph(1, 0);
    const nodes = Array.from({ length: 50 }, () => graph.nodes[0] ?? never());
    const edges = nodes.slice(1).map((_, at): [number, number] => [at, at + 1]);
    const folded = foldGraph({ ...graph, nodes, edges }, words);
    expect(folded.graph.nodes).toHaveLength(50);
    expect(folded.folds.size).toBe(0);
  });

  it('has no edge backwards, whatever the graph', () => {
    for (const size of [50, 400, 3_000]) {
      const { graph } = foldGraph(bigGraph(size), words);
      expect(graph.edges.every(([from, to]) => from !== to)).toBe(true);
      expect(graph.nodes.length).toBeLessThanOrEqual(size);
    }
  });
});

function never(): never {
  throw new Error('There is no node.');
}

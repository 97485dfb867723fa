import { describe, expect, test } from '@jest/globals';
import { chooseLayout } from '../../../lib/dashboard/ui/pages/graph/choose-layout.js';
import {
  GAP,
  layeredLayout,
  type Layout,
  NODE,
  type Shape,
} from '../../../lib/dashboard/ui/pages/graph/layout.js';
import { bigGraph } from '../../support/fake-dashboard/fake-graph.js';

/** No two jobs lie on one another, and each stands right of those that it waits for. */
function check({ nodes, edges }: Shape, { x, y, width, height }: Layout): void {
  expect([...x, ...y].every(Number.isFinite)).toBe(true);
  const crowded = nodes.flatMap((_, one) =>
    nodes
      .slice(0, one)
      .flatMap((__, other) =>
        Math.abs((x[one] ?? 0) - (x[other] ?? 0)) < NODE.width &&
        Math.abs((y[one] ?? 0) - (y[other] ?? 0)) < NODE.height
          ? [[one, other]]
          : [],
      ),
  );
  expect(crowded).toEqual([]);
  expect(edges.filter(([parent, child]) => (x[child] ?? 0) < (x[parent] ?? 0) + NODE.width)).toEqual([]);
  expect(Math.min(...x)).toBeGreaterThanOrEqual(NODE.width / 2);
  expect(Math.min(...y)).toBeGreaterThanOrEqual(NODE.height / 2 - 0.01);
  expect(Math.max(...x) + NODE.width / 2).toBeLessThanOrEqual(width + 0.01);
  expect(Math.max(...y) + NODE.height / 2).toBeLessThanOrEqual(height + 0.01);
}

const node = (uuid: string): Shape['nodes'][number] => ({
  uuid,
  name: 'A.b',
  description: uuid,
  state: 'done',
  progress: null,
  waitingFor: [],
});
const star = (size: number): Shape => ({
  nodes: Array.from({ length: size }, (_, at) => node(String(at))),
  edges: Array.from({ length: size - 1 }, (_, at) => [0, at + 1] as const),
});

describe('The layout of a graph', () => {
  test.each([1, 2, 60, 300, 2_000])('keeps %i jobs apart, each right of what it waits for', (size) => {
    const graph = bigGraph(size);
    check(graph, layeredLayout(graph));
  });

  test('is made by dagre where the graph is small, by the same rules', async () => {
    const graph = bigGraph(60);
    check(graph, await chooseLayout(graph));
  });

  test('keeps a small graph tight, with the ends of a fan in the middle of what they bind', async () => {
    // Twelve parts, out of all of them six sums, out of these the whole.
    const edges = [
      ...Array.from({ length: 72 }, (_, at) => [at % 12, 12 + Math.floor(at / 12)] as const),
      ...Array.from({ length: 6 }, (_, at) => [12 + at, 18] as const),
    ];
    const graph = { nodes: Array.from({ length: 19 }, (_, at) => node(String(at))), edges };
    const layout = await chooseLayout(graph);
    check(graph, layout);
    expect(layout.height).toBeCloseTo(12 * NODE.height + 11 * GAP.y, 1);
    expect(layout.y[18]).toBeCloseTo(layout.height / 2, 1);
  });

  test('folds a layer of a thousand into columns, so that it can be seen at once', () => {
    const { width, height } = layeredLayout(star(1_001));
    expect(height).toBeLessThan(1_000 * (NODE.height + GAP.y) * 0.1);
    expect(width / height).toBeGreaterThan(1);
    expect(width / height).toBeLessThan(2.5);
  });

  test.each([300, 1_000, 5_000])(
    'leaves no more of the picture empty than it shows, with %i jobs',
    (size) => {
      const { width, height } = layeredLayout(bigGraph(size));
      expect(width * height).toBeLessThan(2 * size * (NODE.width + GAP.x) * (NODE.height + GAP.y));
    },
  );

  test('stands, whatever it is given: no jobs, jobs alone, jobs that wait for each other', () => {
    expect(layeredLayout({ nodes: [], edges: [] }).x.length).toBe(0);
    check(
      { nodes: [node('a'), node('b')], edges: [] },
      layeredLayout({ nodes: [node('a'), node('b')], edges: [] }),
    );
    const ring = { nodes: [node('a'), node('b')], edges: [[0, 1] as const, [1, 0] as const] };
    expect([...layeredLayout(ring).y].every(Number.isFinite)).toBe(true);
  });
});

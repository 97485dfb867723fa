import type { GraphView } from '../../../api/cluster.api.js';

/** The size of a job, and the room around it. Pixels at scale 1. */
export const NODE = { width: 184, height: 44 } as const;
export const GAP = { x: 60, y: 12, column: 20 } as const;
/** Width to height that a graph is folded into. */
const ASPECT = 1.6;
const SWEEPS = 4;

/** Where the middle of each job stands. */
export interface Layout {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly width: number;
  readonly height: number;
}

export type Shape = Pick<GraphView, 'nodes' | 'edges'>;

/** Who depends on whom, from both sides. */
export interface Links {
  readonly parents: readonly (readonly number[])[];
  readonly children: readonly (readonly number[])[];
}

export function linksOf({ nodes, edges }: Shape): Links {
  const parents = nodes.map((): number[] => []);
  const children = nodes.map((): number[] => []);
  for (const [parent, child] of edges) {
    parents[child]?.push(parent);
    children[parent]?.push(child);
  }
  return { parents, children };
}

/** Of each job, how many stand before it at most. */
export function layersOf({ nodes }: Shape, { parents, children }: Links): readonly number[][] {
  const layer = new Int32Array(nodes.length);
  const open = Int32Array.from(parents, ({ length }) => length);
  const ready = [...open.keys()].filter((at) => open[at] === 0);
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    for (const child of children[next] ?? []) {
      layer[child] = Math.max(layer[child] ?? 0, (layer[next] ?? 0) + 1);
      open[child] = (open[child] ?? 0) - 1;
      if (open[child] === 0) {
        ready.push(child);
      }
    }
  }
  const layers: number[][] = [];
  layer.forEach((at, node) => (layers[at] ??= []).push(node));
  return Array.from(layers, (nodesOf) => nodesOf ?? []);
}

/**
 * Layers from left to right by the longest path, each ordered by the middle of its neighbours, and folded into several
 * columns where it would be too high. It takes time by the number of edges, so that thousands of jobs are no burden.
 */
export function layeredLayout(shape: Shape, links = linksOf(shape)): Layout {
  const count = shape.nodes.length;
  const layers = layersOf(shape, links).map((layer) => [...layer]);
  sortLayers(layers, links, count);
  const rows = rowsOf(layers);
  const step = NODE.height + GAP.y;
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  let left = NODE.width / 2;
  let [top, bottom] = [0, 0];
  for (const layer of layers) {
    const columns = Math.ceil(layer.length / rows);
    const tall = Math.ceil(layer.length / columns);
    const wanted = columns === 1 ? besideParents(layer, links, y, { step, rows }) : null;
    layer.forEach((node, at) => {
      // Filled row by row: who stands near in the order stays near.
      x[node] = left + (at % columns) * (NODE.width + GAP.column);
      y[node] = wanted?.[at] ?? (Math.floor(at / columns) - (tall - 1) / 2) * step;
      top = Math.min(top, y[node] ?? 0);
      bottom = Math.max(bottom, y[node] ?? 0);
    });
    left += (columns - 1) * (NODE.width + GAP.column) + NODE.width + GAP.x;
  }
  for (let node = 0; node < count; node += 1) {
    y[node] = (y[node] ?? 0) - top + NODE.height / 2;
  }
  return {
    x,
    y,
    width: Math.max(NODE.width, left - GAP.x - NODE.width / 2),
    height: bottom - top + NODE.height,
  };
}

/** How high the columns may become, so that all of it is seen as large as can be. */
function rowsOf(layers: readonly (readonly number[])[]): number {
  const most = Math.max(1, ...layers.map(({ length }) => length));
  const candidates = Array.from({ length: 40 }, (_, at) => Math.ceil((most * (at + 1)) / 40));
  const sizeWith = (rows: number) => {
    const columns = layers.map(({ length }) => Math.ceil(length / rows));
    const width = columns.reduce(
      (sum, count) => sum + count * (NODE.width + GAP.column) + GAP.x - GAP.column,
      0,
    );
    return Math.max(width / ASPECT, rows * (NODE.height + GAP.y));
  };
  return candidates.reduce((best, rows) => (sizeWith(rows) <= sizeWith(best) ? rows : best), most);
}

/** Down and up again: each job between its neighbours, so that few lines cross. */
function sortLayers(layers: readonly number[][], { parents, children }: Links, count: number): void {
  const place = new Float64Array(count);
  const settle = (layer: readonly number[]) =>
    layer.forEach((node, at) => (place[node] = at / Math.max(1, layer.length)));
  layers.forEach(settle);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const down = sweep % 2 === 0;
    const near = down ? parents : children;
    for (const layer of down ? layers : layers.toReversed()) {
      const middle = new Map(
        layer.map((node) => [node, middleOf(near[node] ?? [], place, place[node] ?? 0)]),
      );
      layer.sort((one, other) => (middle.get(one) ?? 0) - (middle.get(other) ?? 0));
      settle(layer);
    }
  }
}

function middleOf(nodes: readonly number[], place: Float64Array, otherwise: number): number {
  return nodes.length === 0
    ? otherwise
    : nodes.reduce((sum, node) => sum + (place[node] ?? 0), 0) / nodes.length;
}

/** As near to its parents as the others of the layer let it, and no further out than the highest column reaches. */
function besideParents(
  layer: readonly number[],
  { parents }: Links,
  y: Float32Array,
  { step, rows }: { readonly step: number; readonly rows: number },
): readonly number[] {
  const end = ((rows - 1) / 2) * step;
  const after = (at: number) => (layer.length - 1 - at) * step;
  const placed: number[] = [];
  layer.forEach((node, at) => {
    const above = parents[node] ?? [];
    const wanted =
      above.length === 0
        ? (at - (layer.length - 1) / 2) * step
        : above.reduce((sum, parent) => sum + (y[parent] ?? 0), 0) / above.length;
    const room = Math.min(Math.max(wanted, -end + at * step), end - after(at));
    placed.push(at === 0 ? room : Math.max(room, (placed[at - 1] ?? 0) + step));
  });
  // Those that were pushed beyond the end push back.
  for (let at = placed.length - 1; at >= 0; at -= 1) {
    const most = at === placed.length - 1 ? end : (placed[at + 1] ?? 0) - step;
    placed[at] = Math.min(placed[at] ?? 0, most);
  }
  return placed;
}

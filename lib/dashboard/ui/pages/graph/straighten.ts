import type { Links } from './layout.js';

const PASSES = 6;

/**
 * Draws the layers of a graph together: each job comes as near as can be to those that it hangs on, in the order of its
 * layer and `step` from the next one. Down and up again, so that parents stand in the middle of their children too.
 *
 * @param layers - each in its order
 * @param y - where the middle of each job stands; changed
 */
export function straighten(
  layers: readonly (readonly number[])[],
  { parents, children }: Links,
  y: Float32Array,
  step: number,
): void {
  for (let pass = 0; pass < PASSES; pass += 1) {
    const down = pass % 2 === 1;
    for (const layer of down ? layers : layers.toReversed()) {
      const wanted = layer.map((node) => {
        const near = (down ? parents : children)[node] ?? [];
        const all = near.length > 0 ? near : [node];
        return all.reduce((sum, one) => sum + (y[one] ?? 0), 0) / all.length;
      });
      apart(wanted, step).forEach((place, at) => (y[layer[at] ?? 0] = place));
    }
  }
}

/** The places nearest to those wanted, by least squares, that keep the order and the distance. */
function apart(wanted: readonly number[], step: number): readonly number[] {
  // Without the distances, places only have to rise: those that fall share their middle.
  const blocks: { sum: number; count: number }[] = [];
  wanted.forEach((place, at) => {
    let block = { sum: place - at * step, count: 1 };
    for (let last = blocks.at(-1); last !== undefined && middle(last) > middle(block); last = blocks.at(-1)) {
      blocks.pop();
      block = { sum: last.sum + block.sum, count: last.count + block.count };
    }
    blocks.push(block);
  });
  return blocks
    .flatMap((block) => Array.from({ length: block.count }, () => middle(block)))
    .map((place, at) => place + at * step);
}

const middle = ({ sum, count }: { sum: number; count: number }): number => sum / count;

import { heldUpBy } from '../../../lib/dashboard/server/graphs/held-up.js';

const jobs = (...states: ('failed' | 'cancelled' | 'done' | 'wait_dependencies')[]) =>
  states.map((state) => ({ state }));

describe('what a job of a graph is held up by', () => {
  it('is the job at the root of it, at any distance', () => {
    const held = heldUpBy(
      jobs('failed', 'wait_dependencies', 'wait_dependencies', 'done', 'wait_dependencies'),
      [
        [0, 1],
        [1, 2],
        [3, 4],
      ],
    );
    expect([...held]).toEqual([
      [1, [0]],
      [2, [0]],
    ]);
  });

  it('is three of them at most, and each once', () => {
    const held = heldUpBy(
      jobs('failed', 'cancelled', 'failed', 'failed', 'wait_dependencies', 'wait_dependencies'),
      [0, 1, 2, 3].flatMap((root): [number, number][] => [
        [root, 4],
        [root, 5],
        [4, 5],
      ]),
    );
    expect(held.get(4)).toEqual([0, 1, 2]);
    expect(held.get(5)).toHaveLength(3);
  });

  it('does not reach past a job that goes on', () => {
    const held = heldUpBy(jobs('failed', 'done', 'wait_dependencies'), [
      [0, 1],
      [1, 2],
    ]);
    expect(held.size).toBe(0);
  });
});

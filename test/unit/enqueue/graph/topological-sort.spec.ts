import fc from 'fast-check';
import {
  connectedComponent,
  topologicalSort,
  type Vertex,
} from '../../../../lib/enqueue/graph/topological-sort.js';
import { InvalidGraphError } from '../../../../lib/errors/invalid-graph.error.js';

class Point implements Vertex<Point> {
  readonly parents = new Set<Point>();
  readonly children = new Set<Point>();
  readonly linked = new Set<Point>();
  readonly uuid: string;

  constructor(
    readonly description: string,
    number: number,
  ) {
    this.uuid = String(number).padStart(9, '0');
  }

  after(...parents: readonly Point[]): this {
    for (const parent of parents) {
      this.parents.add(parent);
      parent.children.add(this);
    }
    return this;
  }
}

/** Points a, b, c, … in the order in which they were built. */
const points = (count: number): Point[] =>
  Array.from({ length: count }, (_, at) => new Point(String.fromCodePoint(97 + at), at));
const names = (some: Iterable<Point>): string => [...some].map(({ description }) => description).join('');

describe('the order of a graph', () => {
  it('is that of building where this has parents before children', () => {
    const [a, b, c, d] = points(4) as [Point, Point, Point, Point];
    c.after(a);
    d.after(b, c);
    expect(names(topologicalSort([d, b, c, a]))).toBe('abcd');
  });

  it('has a parent that was built later right before its first child', () => {
    const [a, b, c, d] = points(4) as [Point, Point, Point, Point];
    a.after(d);
    b.after(c, d);
    expect(names(topologicalSort([a, b, c, d]))).toBe('dacb');
  });

  it('names a cycle, from the job of it that was built first, in the order of the runs', () => {
    const [a, b, c, d] = points(4) as [Point, Point, Point, Point];
    b.after(d, a);
    c.after(b);
    d.after(c);
    expect(() => topologicalSort([a, b, c, d])).toThrow(InvalidGraphError);
    expect(() => topologicalSort([a, b, c, d])).toThrow('in a circle: b → c → d → b.');
  });

  it('names no more than twelve jobs of a long cycle', () => {
    const long = points(20);
    for (const [at, point] of long.entries()) point.after(long.at(at - 1) as Point);
    expect(() => topologicalSort(long)).toThrow('k → l → … 8 more → a.');
  });

  it('of a chain may be longer than the stack is deep', () => {
    const long = Array.from({ length: 50_000 }, (_, at) => new Point('x', at));
    for (const [at, point] of long.slice(0, -1).entries()) point.after(long[at + 1] as Point);
    expect(topologicalSort(long)[0]).toBe(long.at(-1));
    expect(connectedComponent(long[0] as Point).size).toBe(50_000);
  });

  it('has every job once and its parents before it, whatever the graph', () => {
    const edges = fc.array(fc.tuple(fc.nat(29), fc.nat(29)), { maxLength: 80 });
    const shuffled = fc.shuffledSubarray(
      Array.from({ length: 30 }, (_, at) => at),
      { minLength: 30 },
    );
    fc.assert(
      fc.property(edges, shuffled, (pairs, rank) => {
        const all = points(30);
        for (const [from, to] of pairs) {
          const [first, second] = [all[from] as Point, all[to] as Point];
          if ((rank[from] as number) < (rank[to] as number)) second.after(first);
        }
        const ordered = topologicalSort(all);
        expect(new Set(ordered).size).toBe(30);
        const place = new Map(ordered.map((point, at) => [point, at]));
        for (const point of all) {
          for (const parent of point.parents)
            expect(place.get(parent)).toBeLessThan(place.get(point) as number);
        }
      }),
    );
  });
});

describe('what hangs together', () => {
  it('is found from any member, over parents, children and those beside it', () => {
    const [a, b, c, d, e] = points(5) as [Point, Point, Point, Point, Point];
    b.after(a);
    b.after(c);
    d.linked.add(c);
    c.linked.add(d);
    for (const start of [a, b, c, d]) expect(connectedComponent(start)).toEqual(new Set([a, b, c, d]));
    expect(connectedComponent(e)).toEqual(new Set([e]));
  });
});

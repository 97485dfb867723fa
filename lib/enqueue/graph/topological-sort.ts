import { InvalidGraphError } from '../../errors/invalid-graph.error.js';

/** A job as the order of a graph sees it. */
export interface Vertex<T> {
  /** Of version 7, so its order is that in which the jobs were built. */
  readonly uuid: string;
  /** For errors. */
  readonly description: string;
  readonly parents: ReadonlySet<T>;
  readonly children: ReadonlySet<T>;
  /** Of the same graph, though neither waits for the other. */
  readonly linked: ReadonlySet<T>;
}

/** A cycle is named by this many of its jobs at most. */
const MAX_NAMES = 12;

/** It hangs together with nothing, as most of those do that are stored by the thousand. */
export const isIsolated = <T>({ parents, children, linked: beside }: Vertex<T>): boolean =>
  parents.size === 0 && children.size === 0 && beside.size === 0;

/** All that hang together with `start`, itself included. */
export function connectedComponent<T extends Vertex<T>>(start: T): Set<T> {
  const found = new Set([start]);
  // A set is walked in the order of its entries, those that come while it is walked included.
  for (const vertex of found) {
    for (const parent of vertex.parents) found.add(parent);
    for (const child of vertex.children) found.add(child);
    for (const other of vertex.linked) found.add(other);
  }
  return found;
}

/**
 * The vertices of whole graphs, parents before children; apart from that in the order in which they were built.
 *
 * @throws InvalidGraphError that names a cycle
 */
export function topologicalSort<T extends Vertex<T>>(vertices: Iterable<T>): T[] {
  const placed = new Set<T>();
  for (const start of byCreation(vertices)) {
    // By hand and not by recursion: a chain may be longer than the stack is deep.
    const path: { vertex: T; parents: Iterator<T> }[] = [];
    const onPath = new Set<T>();
    const enter = (vertex: T): void => {
      const missing = [...vertex.parents].filter((parent) => !placed.has(parent));
      path.push({ vertex, parents: byCreation(missing).values() });
      onPath.add(vertex);
    };
    if (!placed.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { value: parent, done } = top.parents.next();
      if (done === true) {
        path.pop();
        onPath.delete(top.vertex);
        placed.add(top.vertex);
      } else if (onPath.has(parent)) {
        const names = path.map(({ vertex }) => vertex);
        throw cycleError(names.slice(names.indexOf(parent)).toReversed());
      } else if (!placed.has(parent)) {
        enter(parent);
      }
    }
  }
  return [...placed];
}

function byCreation<T extends Vertex<T>>(vertices: Iterable<T>): T[] {
  return [...vertices].sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
}

/** `cycle`: each one runs before the next, and the last before the first. */
function cycleError<T extends Vertex<T>>(cycle: readonly T[]): InvalidGraphError {
  const [first] = byCreation(cycle);
  const at = cycle.indexOf(first as T);
  const turned = [...cycle.slice(at), ...cycle.slice(0, at)];
  const names = turned.slice(0, MAX_NAMES).map(({ description }) => description);
  if (turned.length > MAX_NAMES) names.push(`… ${turned.length - MAX_NAMES} more`);
  return new InvalidGraphError(
    `Jobs can't wait for each other in a circle: ${[...names, names[0]].join(' → ')}. Nothing was stored.`,
  );
}

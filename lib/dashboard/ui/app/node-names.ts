import { signal } from '@preact/signals';
import type { NodeName } from '../../api/cluster.api.js';

/** A node that is not known yet is asked for again, but not sooner than after so many milliseconds. */
const AGAIN = 5_000;

/** What a node is called, everywhere: its name, which is that of a host and process, and its number. */
export const nodeTitle = ({ id, name }: Pick<NodeName, 'id' | 'name'>): string => `${name} #${id}`;

/** The names of the nodes, read once somebody needs one. */
export class NodeNames {
  readonly #known = signal<ReadonlyMap<number, NodeName>>(new Map());
  #asked = -Infinity;

  constructor(private readonly read: () => Promise<readonly NodeName[]>) {}

  /** `#4` until its name is known, or if it has none any more. */
  titleOf(id: number): string {
    const found = this.#known.value.get(id);
    if (found === undefined) {
      void this.#ask();
    }
    return found === undefined ? `#${id}` : nodeTitle(found);
  }

  async #ask(): Promise<void> {
    if (performance.now() - this.#asked < AGAIN) {
      return;
    }
    this.#asked = performance.now();
    try {
      this.#known.value = new Map((await this.read()).map((node) => [node.id, node]));
    } catch {
      // The number alone names it as well.
    }
  }
}

import type { EntityKey, EntityReferences } from './entity-references.js';

type Entities = Awaited<ReturnType<EntityReferences['load']>>;

/** One read of the entities that many payloads refer to. */
export class EntityLoad {
  private readonly keys: EntityKey[] = [];
  private readonly entities: Promise<Entities>;
  private last: Promise<unknown> = Promise.resolve();
  private begin!: () => void;

  constructor(load: (keys: readonly EntityKey[]) => Promise<Entities>) {
    this.entities = new Promise<void>((resolve) => (this.begin = resolve)).then(async () =>
      this.keys.length === 0 ? [] : load(this.keys),
    );
    // Where nobody refers to an entity, nobody waits for this.
    this.entities.catch(() => undefined);
  }

  /** Those of one payload, to be asked for before {@link start}. */
  async of(keys: readonly EntityKey[]): Promise<Entities> {
    const from = this.keys.length;
    this.keys.push(...keys);
    return (await this.entities).slice(from, from + keys.length);
  }

  /** Reads what has been asked for. */
  start(): void {
    this.begin();
  }

  /** Payloads that are read by themselves, since the read of all has failed: one after the other. */
  async alone<T>(read: () => Promise<T>): Promise<T> {
    const reading = this.last.then(read);
    this.last = reading.catch(() => undefined);
    return reading;
  }
}

/**
 * What is stored in place of an entity.
 *
 * @example
 * ```ts
 * { entity: 'OrderLine', id: { orderId: 7, line: 2 } }
 * ```
 */
export interface EntityKey {
  /** The name of the entity, as its data source knows it. */
  readonly entity: string;
  /** Its table, with the schema where that is named: names of entities need not be unique. Left out by hand-written calls. */
  readonly table?: string;
  /** Its primary key columns by property name: plain JSON, `Date` or `bigint`. */
  readonly id: Readonly<Record<string, unknown>>;
}

/** What the codec has to know about entities. The store implements it, so that this folder needs no TypeORM. */
export interface EntityReferences {
  /**
   * The reference of a saved entity, `undefined` for a value that is no entity. Throws an `Error` that says what to do
   * for an entity without primary key: its text becomes part of the `UnserializableArgumentError`.
   */
  referenceOf(value: object): EntityKey | undefined;

  /** Throws for a reference that can't be one: of an entity that isn't known, or with a damaged key. */
  check(keys: readonly EntityKey[]): void;

  /**
   * Reads all of these, one query an entity name. Answers in the same order, `undefined` for a row that is gone.
   *
   * @param through - as given to `decode`: such as the transaction in which they are read
   */
  load(keys: readonly EntityKey[], through?: unknown): Promise<readonly (object | undefined)[]>;
}

/**
 * A reference for people.
 *
 * @example
 * ```ts
 * describeEntity({ entity: 'OrderLine', id: { orderId: 7, line: 2 } }) // OrderLine (orderId: 7, line: 2)
 * ```
 */
export function describeEntity({ entity, id }: EntityKey): string {
  const columns = Object.entries(id).map(([name, value]) => `${name}: ${columnText(value)}`);
  return `${entity} (${columns.join(', ')})`;
}

function columnText(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  return JSON.stringify(value);
}

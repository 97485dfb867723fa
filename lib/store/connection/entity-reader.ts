import { types } from 'node:util';
import { type DataSource, type EntityManager, type EntityMetadata, In, type ObjectLiteral } from 'typeorm';
import type { EntityKey, EntityReferences } from '../../payload/types/entity-references.js';
import { QueueJobError } from '../../errors/queue-job.error.js';
import { show } from '../../common/format-value.js';

/** TypeORM entities among arguments: their references, and how they are read again. */
export class EntityReader implements EntityReferences {
  constructor(private readonly dataSource: DataSource) {}

  referenceOf(value: object): EntityKey | undefined {
    const { constructor } = value;
    if (typeof constructor !== 'function' || !this.dataSource.hasMetadata(constructor)) return undefined;
    const metadata = this.dataSource.getMetadata(constructor);
    const id: Record<string, unknown> = {};
    for (const column of metadata.primaryColumns) {
      const part: unknown = column.getEntityValue(value);
      if (part === undefined || part === null) {
        throw new Error(
          `is a ${metadata.name} without ${column.propertyPath}: save it first, for it travels by its primary key`,
        );
      }
      id[column.propertyPath] = part;
    }
    return { entity: metadata.name, id };
  }

  /** A job's own transaction reads through its own connection: with one more from the pool, all could wait for each other. */
  async load(keys: readonly EntityKey[], through?: EntityManager): Promise<readonly (object | undefined)[]> {
    const manager = through ?? this.dataSource.manager;
    const found: (object | undefined)[] = new Array<undefined>(keys.length);
    for (const entity of new Set(keys.map((key) => key.entity))) {
      const wanted = keys.map((key, at) => ({ key, at })).filter(({ key }) => key.entity === entity);
      const metadata = this.dataSource.entityMetadatas.find(({ name }) => name === entity);
      if (metadata === undefined) {
        throw new QueueJobError(
          'UNKNOWN_CODEC',
          `The arguments refer to an entity, and the data source has no entity named ${show(entity)}. Add it to the data source on every node that runs such jobs.`,
        );
      }
      for (const { key } of wanted) checkKey(metadata, key);
      const rows = await manager.getRepository(metadata.target).find({
        where: conditions(
          metadata,
          wanted.map(({ key }) => key),
        ),
        withDeleted: true,
      });
      const byId = new Map(rows.map((row) => [identity(metadata, idOf(metadata, row)), row]));
      for (const { key, at } of wanted) found[at] = byId.get(identity(metadata, key.id));
    }
    return found;
  }
}

/** A key comes from the database, where somebody may have written it by hand. */
function checkKey(metadata: EntityMetadata, key: EntityKey): void {
  const wanted = metadata.primaryColumns.map(({ propertyPath }) => propertyPath);
  const isKey =
    Object.keys(key.id).length === wanted.length &&
    wanted.every((path) => Object.hasOwn(key.id, path) && isPlainKey(key.id[path]));
  if (isKey) return;
  throw new QueueJobError(
    'DAMAGED_PAYLOAD',
    `A reference to an entity is damaged in the stored JSON: ${wanted.join(', ')} is the primary key of ${metadata.name}, not ${show(key.id)}.`,
  );
}

const isPlainKey = (value: unknown): boolean =>
  ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ||
  types.isDate(value) ||
  types.isUint8Array(value);

/** One query: a list of keys for a single column, a choice of combinations for several. */
function conditions(metadata: EntityMetadata, keys: readonly EntityKey[]): ObjectLiteral | ObjectLiteral[] {
  const [only, ...more] = metadata.primaryColumns;
  if (only !== undefined && more.length === 0) {
    return nest(only.propertyPath, In(keys.map(({ id }) => id[only.propertyPath])));
  }
  return keys.map(
    ({ id }) =>
      Object.assign({}, ...Object.entries(id).map(([path, value]) => nest(path, value))) as ObjectLiteral,
  );
}

/** `a.b` and a value as `{ a: { b: value } }`. */
function nest(path: string, value: unknown): ObjectLiteral {
  return path.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), value) as ObjectLiteral;
}

const idOf = (metadata: EntityMetadata, row: ObjectLiteral): Record<string, unknown> =>
  Object.fromEntries(
    metadata.primaryColumns.map((column) => [column.propertyPath, column.getEntityValue(row) as unknown]),
  );

/** Keys compare as text: the driver gives a bigint as a string, and the argument may have held a number. */
function identity(metadata: EntityMetadata, id: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(
    metadata.primaryColumns.map(({ propertyPath }) => {
      const value = id[propertyPath];
      return value instanceof Date ? value.toISOString() : String(value);
    }),
  );
}

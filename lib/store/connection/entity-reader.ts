import { type DataSource, type EntityManager, type EntityMetadata, In, type ObjectLiteral } from 'typeorm';
import { formatValue } from '../../common/format-value.js';
import { UnknownCodecError } from '../../errors/unknown-codec.error.js';
import type { EntityKey, EntityReferences } from '../../payload/types/entity-references.js';
import { QueueJob } from '../entities/queue-job.entity.js';
import { checkEntityKey, identityOf, idOf, isExactKey } from './entity-identity.js';

/** Values in one query at most: PostgreSQL takes 65,535. */
const MAX_VALUES = 10_000;

/** The key columns of an entity, and which of the wanted references have it. */
type Wanted = ReadonlyMap<string, { readonly key: EntityKey; readonly places: number[] }>;

/**
 * TypeORM entities among arguments: their references, and how they are read again. What comes back is what `findOneOrFail`
 * by that key gives on the primary now: no replica, which may lag behind, and no cache.
 */
export class EntityReader implements EntityReferences {
  /** @param ambient - the manager of the transaction that is open where something is read */
  constructor(
    private readonly dataSource: DataSource,
    private readonly ambient: () => EntityManager | undefined = () => undefined,
  ) {}

  referenceOf(value: object): EntityKey | undefined {
    const { constructor } = value;
    if (constructor === QueueJob) {
      throw new Error(
        'it is a QueueJob, which changes while it lives and is deleted in the end. Pass its uuid, and read it with queue.find(uuid) where it is needed',
      );
    }
    if (typeof constructor !== 'function' || !this.dataSource.hasMetadata(constructor)) return undefined;
    const metadata = this.dataSource.getMetadata(constructor);
    const { name, tablePath: table } = metadata;
    if (this.metadatasOf({ entity: name, table, id: {} }).length > 1)
      throw new Error(`the data source has two entities named ${name} on the table ${table}: rename one`);
    const id: Record<string, unknown> = {};
    for (const column of metadata.primaryColumns) {
      const part: unknown = column.getEntityValue(value);
      if (part === undefined || part === null) {
        throw new Error(
          `is a ${name} without ${column.propertyPath}: save it first, for it travels by its primary key`,
        );
      }
      id[column.propertyPath] = part;
    }
    return { entity: name, table, id };
  }

  check(keys: readonly EntityKey[]): void {
    for (const key of keys) checkEntityKey(this.metadataOf(key), key);
  }

  /** Through the given transaction, or the open one: with one more connection of the pool, all could wait for each other. */
  async load(keys: readonly EntityKey[], through?: EntityManager): Promise<readonly (object | undefined)[]> {
    const found: (object | undefined)[] = new Array<undefined>(keys.length);
    const kinds = new Map<EntityMetadata, number[]>();
    for (const [at, key] of keys.entries()) {
      const metadata = this.metadataOf(key);
      checkEntityKey(metadata, key);
      const places = kinds.get(metadata);
      if (places === undefined) kinds.set(metadata, [at]);
      else places.push(at);
    }
    await this.onPrimary(through, async (manager) => {
      for (const [metadata, places] of kinds) {
        const wanted = new Map<string, { key: EntityKey; places: number[] }>();
        for (const at of places) {
          const key = keys[at] as EntityKey;
          const identity = identityOf(metadata, key.id);
          const twin = wanted.get(identity);
          if (twin === undefined) wanted.set(identity, { key, places: [at] });
          else twin.places.push(at);
        }
        await readKind(manager, metadata, wanted, found);
      }
    });
    return found;
  }

  private async onPrimary(
    through: EntityManager | undefined,
    work: (manager: EntityManager) => Promise<void>,
  ): Promise<void> {
    const manager = through?.queryRunner === undefined ? this.ambient() : through;
    if (manager !== undefined) return work(manager);
    const runner = this.dataSource.createQueryRunner('master');
    try {
      await work(runner.manager);
    } finally {
      await runner.release();
    }
  }

  private metadataOf(key: EntityKey): EntityMetadata {
    const { entity, table } = key;
    const named = this.dataSource.entityMetadatas.filter(({ name }) => name === entity);
    if (named.length === 0) {
      throw new UnknownCodecError(
        `The arguments refer to an entity, and the data source has no entity named ${formatValue(entity)}. Add it to the data source on every node that runs such jobs.`,
      );
    }
    const [metadata, other] = this.metadatasOf(key);
    if (metadata !== undefined && other === undefined) return metadata;
    const tables = named.map(({ tablePath }) => tablePath).join(', ');
    throw new UnknownCodecError(
      `The arguments refer to the entity ${entity} of the table ${table ?? '(not named)'}, and the data source has one of that name on ${tables}. Add the right one to the data source on every node that runs such jobs.`,
    );
  }

  /** Names alone aren't unique: two modules may each have their Category, or two schemas. */
  private metadatasOf({ entity, table }: EntityKey): EntityMetadata[] {
    const named = this.dataSource.entityMetadatas.filter(({ name }) => name === entity);
    if (table === undefined) return named;
    const exact = named.filter(({ tablePath }) => tablePath === table);
    // One process may say the schema, where another leaves it to the search path.
    return exact.length > 0 ? exact : named.filter(({ tablePath }) => isSameButForSchema(tablePath, table));
  }
}

const isSameButForSchema = (one: string, other: string): boolean =>
  one.endsWith(`.${other}`) || other.endsWith(`.${one}`);

async function readKind(
  manager: EntityManager,
  metadata: EntityMetadata,
  wanted: Wanted,
  found: (object | undefined)[],
): Promise<void> {
  const repository = manager.getRepository(metadata.target);
  const put = (identity: string, row: object): void => {
    for (const at of wanted.get(identity)?.places ?? []) found[at] = row;
  };
  const all = [...wanted.values()].map(({ key }) => key);
  const size = Math.max(1, Math.floor(MAX_VALUES / metadata.primaryColumns.length));
  for (let from = 0; from < all.length; from += size) {
    const where = conditions(metadata, all.slice(from, from + size));
    const rows = await repository.find({ where, cache: false });
    for (const row of rows) put(identityOf(metadata, idOf(metadata, row)), row);
  }
  if (isExactKey(metadata)) return;
  // PostgreSQL may take two texts for one key, such as 1.0 and 1 of a numeric: each that is missing is asked for alone.
  for (const [identity, { key, places }] of wanted) {
    if (found[places[0] as number] !== undefined) continue;
    const [where] = conditions(metadata, [key]);
    const row = await repository.findOne({ where: where as ObjectLiteral, cache: false });
    if (row !== null) put(identity, row);
  }
}

/** One query: a list of keys for a single column, a choice of combinations for several. */
function conditions(metadata: EntityMetadata, keys: readonly EntityKey[]): ObjectLiteral[] {
  const [only, ...more] = metadata.primaryColumns;
  if (only !== undefined && more.length === 0 && keys.length > 1) {
    return [nest(only.propertyPath, In(keys.map(({ id }) => id[only.propertyPath])))];
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

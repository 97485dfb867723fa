import { types } from 'node:util';
import type { ColumnType, EntityMetadata, ObjectLiteral } from 'typeorm';
import { formatValue } from '../../common/format-value.js';
import { DamagedPayloadError } from '../../errors/damaged-payload.error.js';
import type { EntityKey } from '../../payload/types/entity-references.js';

type Column = EntityMetadata['primaryColumns'][number];

const INTEGERS: readonly unknown[] = [Number, 'int', 'int2', 'int4', 'int8', 'integer', 'smallint', 'bigint'];
const TEXTS: readonly unknown[] = [String, 'text', 'varchar', 'character varying'];

/** A key comes from the database, where somebody may have written it by hand. */
export function checkEntityKey(metadata: EntityMetadata, key: EntityKey): void {
  const wanted = metadata.primaryColumns.map(({ propertyPath }) => propertyPath);
  const isKey =
    Object.keys(key.id).length === wanted.length &&
    wanted.every((path) => Object.hasOwn(key.id, path) && isPlainKey(key.id[path]));
  if (isKey) return;
  throw new DamagedPayloadError(
    `A reference to an entity is damaged in the stored JSON: ${wanted.join(', ')} is the primary key of ${metadata.name}, not ${formatValue(key.id)}.`,
  );
}

/** The primary key of a row, by property path. */
export const idOf = (metadata: EntityMetadata, row: ObjectLiteral): Record<string, unknown> =>
  Object.fromEntries(
    metadata.primaryColumns.map((column) => [column.propertyPath, column.getEntityValue(row) as unknown]),
  );

/** A text that is the same for a key as it was given and as PostgreSQL writes it, wherever {@link isExactKey}. */
export const identityOf = (metadata: EntityMetadata, id: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(metadata.primaryColumns.map((column) => textOf(column.type, id[column.propertyPath])));

/** Whether equal keys have equal texts: not so for types that PostgreSQL compares by more than their text. */
export const isExactKey = (metadata: EntityMetadata): boolean =>
  metadata.primaryColumns.every(
    ({ type, transformer, collation }: Column) =>
      transformer === undefined &&
      collation === undefined &&
      (type === 'uuid' || INTEGERS.includes(type) || TEXTS.includes(type)),
  );

const isPlainKey = (value: unknown): boolean =>
  ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ||
  types.isDate(value) ||
  types.isUint8Array(value);

function textOf(type: ColumnType, value: unknown): string {
  if (types.isDate(value)) return value.toISOString();
  if (types.isUint8Array(value)) return Buffer.from(value).toString('hex');
  const text = String(value);
  // PostgreSQL takes an uuid in capitals, in braces and without hyphens.
  if (type === 'uuid') return text.toLowerCase().replaceAll(/[{}-]/g, '');
  // The driver gives a bigint as a text, and the argument may have held a number.
  if (INTEGERS.includes(type)) return /^\s*[+-]?\d+\s*$/.test(text) ? String(BigInt(text.trim())) : text;
  return text;
}

import { binaryOf } from '../types/binary-types.js';
import type { CodecTable } from '../types/codec-table.js';
import type { EntityKey, EntityReferences } from '../types/entity-references.js';
import { isError, partsOf, propertiesOf } from '../types/error-parts.js';
import { scalarTypeOf } from '../types/scalar-types.js';
import { mapKeyStep, mapValueStep, setStep } from '../path-steps.js';
import { isFieldsOnly, isMap, isSet } from '../types/prototypes.js';
import { reasons } from '../refusal-reasons.js';
import { TAG, tagStart } from '../tag.js';
import type { TypeCodec } from '../types/type-codec.js';
import type { Encoder } from './encoder.js';

/** What decides how the instance of a class is written. */
export interface InstanceSettings {
  readonly codecs: CodecTable;
  readonly entities: EntityReferences | undefined;
}

/**
 * Writes an object that is neither plain nor an array. The codecs of the application come first: they may carry what
 * has a built-in type too, such as a subclass of `Error`.
 */
export function encodeInstance(writer: Encoder, value: object, settings: InstanceSettings): void {
  const codec = settings.codecs.forValue(value);
  if (codec !== undefined)
    return tagged(writer, codec.name, () => writer.value(encodeWith(writer, codec, value)));
  const leaf = scalarTypeOf(value) ?? binaryOf(value);
  if (leaf !== undefined) return tagged(writer, leaf.name, () => writer.value(leaf.data));
  if (isMap(value)) return tagged(writer, TAG.map, () => writeMap(writer, value));
  if (isSet(value)) return tagged(writer, TAG.set, () => writeSet(writer, value));
  if (isError(value)) return tagged(writer, TAG.error, () => writeError(writer, value));
  const key = referenceOf(writer, settings.entities, value);
  if (key === undefined) {
    if (isFieldsOnly(value) && !settings.codecs.isBelowCodec(value)) return writer.plainObject(value);
    throw writer.path.refusal(reasons.instance(value));
  }
  const { entity, table, id } = key;
  tagged(writer, TAG.entity, () =>
    writer.value(table === undefined ? { entity, id } : { entity, table, id }),
  );
}

function tagged(writer: Encoder, name: string, writeValue: () => void): void {
  writer.raw(tagStart(name));
  writeValue();
  writer.raw('}');
}

function writeMap(writer: Encoder, map: ReadonlyMap<unknown, unknown>): void {
  let index = 0;
  writer.raw('[');
  for (const [key, value] of map) {
    writer.raw(index > 0 ? ',[' : '[');
    writer.child(mapKeyStep(index), key);
    writer.raw(',');
    writer.child(mapValueStep(key, index), value);
    writer.raw(']');
    index += 1;
  }
  writer.raw(']');
}

function writeSet(writer: Encoder, set: ReadonlySet<unknown>): void {
  let index = 0;
  writer.raw('[');
  for (const member of set) {
    if (index > 0) writer.raw(',');
    writer.child(setStep(index), member);
    index += 1;
  }
  writer.raw(']');
}

function writeError(writer: Encoder, error: Error): void {
  let separator = '{';
  for (const [part, value] of Object.entries(partsOf(error))) {
    writer.raw(`${separator}"${part}":`);
    writer.child(part, value);
    separator = ',';
  }
  // Libraries hang sockets and requests on their errors: those are left out, and the error isn't refused for them.
  writer.optionalFields(
    ',"props":',
    error as unknown as Readonly<Record<string, unknown>>,
    propertiesOf(error),
  );
  writer.raw('}');
}

function encodeWith(writer: Encoder, codec: TypeCodec, value: object): unknown {
  try {
    return codec.encode(value);
  } catch (error) {
    throw writer.path.refusal(reasons.codec(codec.name, error), error);
  }
}

function referenceOf(
  writer: Encoder,
  entities: EntityReferences | undefined,
  value: object,
): EntityKey | undefined {
  try {
    return entities?.referenceOf(value);
  } catch (error) {
    throw writer.path.refusal(reasons.entity(error), error);
  }
}

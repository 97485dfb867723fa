import { ArgumentCodec, type DecodeOptions } from '../../../lib/payload/argument-codec.js';
import type { EntityKey, EntityReferences } from '../../../lib/payload/types/entity-references.js';
import { UnserializableArgumentError } from '../../../lib/errors/unserializable-argument.error.js';

/** A value as the only argument, there and back. */
export async function roundTrip(
  value: unknown,
  codec = new ArgumentCodec(),
  options?: DecodeOptions,
): Promise<unknown> {
  const args = await codec.decode(codec.encode([value]), options);
  expect(args).toHaveLength(1);
  return args[0];
}

/** The error that refuses a value as the only argument. */
export function refusalOf(value: unknown, codec = new ArgumentCodec()): UnserializableArgumentError {
  const error = thrownBy(() => codec.encode([value]));
  if (error instanceof UnserializableArgumentError) return error;
  throw error;
}

/** What a function throws; fails where it throws nothing. */
export function thrownBy(call: () => unknown): Error {
  let answer: unknown;
  try {
    answer = call();
  } catch (error) {
    return error as Error;
  }
  throw new Error(`expected an error, got ${String(answer)}`);
}

/** An object of so many levels, itself included. */
export function nested(levels: number): object {
  let value: object = {};
  for (let i = 1; i < levels; i += 1) value = { deeper: value };
  return value;
}

export class Product {
  constructor(
    readonly id: number,
    readonly name: string,
  ) {}
}

export class OrderLine {
  constructor(
    readonly orderId: bigint,
    readonly since: Date,
  ) {}
}

export class Unsaved {}

/** A data source in memory that records what it is asked to load. */
export class FakeEntities implements EntityReferences {
  readonly loads: (readonly EntityKey[])[] = [];
  readonly #rows = new Map<string, object>();

  constructor(...rows: readonly object[]) {
    for (const row of rows) this.#rows.set(this.#text(this.referenceOf(row)), row);
  }

  referenceOf(value: object): EntityKey | undefined {
    if (value instanceof Product) return { entity: 'Product', id: { id: value.id } };
    if (value instanceof OrderLine)
      return { entity: 'OrderLine', id: { orderId: value.orderId, since: value.since } };
    if (value instanceof Unsaved) throw new Error('it is not saved yet: save it before the call.');
    return undefined;
  }

  check(): void {}

  load(keys: readonly EntityKey[]): Promise<readonly (object | undefined)[]> {
    this.loads.push(keys);
    return Promise.resolve(keys.map((key) => this.#rows.get(this.#text(key))));
  }

  #text(key: EntityKey | undefined): string {
    return JSON.stringify([
      key?.entity,
      Object.entries(key?.id ?? {})
        .map(String)
        .sort(),
    ]);
  }
}

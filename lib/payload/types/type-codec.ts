import { setOwn } from './prototypes.js';

/** A class, seen by its instances: also an abstract one, or one whose constructor is private. */
export interface ClassOf<T extends object> {
  readonly prototype: T;
}

interface TypeCodecBase<T extends object, J> {
  /** Stands as `$type` in the stored JSON. Keep it when the class is renamed, or stored jobs can't be read. */
  readonly name: string;
  /** What is stored: plain JSON, or anything else that the codec carries (`Date`, entities, other registered types). */
  encode(value: T): J;
  /** Makes the value again from what `encode` gave. */
  decode(data: J): T;
}

interface TypeCodecByClass<T extends object, J> extends TypeCodecBase<T, J> {
  /** The class whose direct instances this codec carries; for subclasses too, use `matches`. */
  readonly type: ClassOf<T>;
  readonly matches?: never;
}

interface TypeCodecByTest<T extends object, J> extends TypeCodecBase<T, J> {
  /** Asked for class instances only, never for plain objects and arrays. */
  matches(value: object): value is T;
  readonly type?: never;
}

/** Carries instances of a class of the application; see {@link typeCodec}. */
export type TypeCodec<T extends object = object, J = unknown> =
  TypeCodecByClass<T, J> | TypeCodecByTest<T, J>;

/**
 * Describes how instances of a class travel, for the module option `codecs`. The function only lets TypeScript find
 * the types of `encode` and `decode`.
 *
 * @example
 * ```ts
 * QueueJobModule.forRoot({
 *   codecs: [
 *     typeCodec({
 *       name: 'Money',
 *       type: Money,
 *       encode: (money) => ({ cents: money.cents, currency: money.currency }),
 *       decode: ({ cents, currency }) => new Money(cents, currency),
 *     }),
 *   ],
 * });
 * ```
 */
export function typeCodec<T extends object, J>(
  codec: TypeCodecByClass<T, J> | TypeCodecByTest<T, J>,
): TypeCodec {
  return codec;
}

/**
 * Carries the fields of a class, for the module option `codecs`: the job gets an instance of the class again, where without
 * it a class of fields alone arrives as a plain object. The constructor is not called. Methods may be there; private
 * `#fields` and accessors don't travel.
 *
 * @param type - the class whose direct instances it carries
 * @param name - stands as `$type` in the stored JSON. Default: the name of the class, which a minifier may change
 * @example
 * ```ts
 * QueueJobModule.forRoot({ codecs: [typeCodec.dto(CreateOrderDto)] });
 * ```
 */
typeCodec.dto = <T extends object>(
  type: ClassOf<T> & { readonly name: string },
  name: string = type.name,
): TypeCodec => ({
  name,
  type,
  encode: (value) => ({ ...value }),
  decode: (data) => {
    const made = Object.create(type.prototype) as T;
    for (const [key, field] of Object.entries(data as object)) setOwn(made, key, field);
    return made;
  },
});

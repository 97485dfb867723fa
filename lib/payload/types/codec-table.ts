import { InvalidModuleOptionError } from '../../errors/invalid-module-option.error.js';
import { BINARY_NAMES } from './binary-types.js';
import { SCALAR_TYPES } from './scalar-types.js';
import { TAG } from '../tag.js';
import type { TypeCodec } from './type-codec.js';

const BUILT_IN_NAMES: ReadonlySet<string> = new Set([
  ...Object.values(TAG),
  ...SCALAR_TYPES.keys(),
  ...BINARY_NAMES,
]);

/** The codecs that the application registered, found by value and by name. */
export class CodecTable {
  readonly #byName = new Map<string, TypeCodec>();
  readonly #byPrototype = new Map<object, TypeCodec>();
  readonly #byTest: Extract<TypeCodec, { type?: never }>[] = [];

  constructor(codecs: readonly TypeCodec[]) {
    for (const codec of codecs) this.#add(codec);
  }

  /** The codec of this class instance, if there is one: by its class, else the first whose test it passes. */
  forValue(value: object): TypeCodec | undefined {
    const byClass = this.#byPrototype.get(Object.getPrototypeOf(value) as object);
    return byClass ?? this.#byTest.find((codec) => codec.matches(value));
  }

  /** Whether a class below that of this instance has a codec, which carries direct instances alone. */
  isBelowCodec(value: object): boolean {
    let prototype: unknown = Object.getPrototypeOf(value);
    while (typeof prototype === 'object' && prototype !== null) {
      if (this.#byPrototype.has(prototype)) return true;
      prototype = Object.getPrototypeOf(prototype);
    }
    return false;
  }

  forName(name: string): TypeCodec | undefined {
    return this.#byName.get(name);
  }

  #add(codec: TypeCodec): void {
    if (typeof codec !== 'object' || codec === null)
      throw invalid(`expected what typeCodec() answers, not ${String(codec)}`);
    const { name } = codec;
    if (typeof name !== 'string' || name === '') throw invalid('a codec has no name');
    if (BUILT_IN_NAMES.has(name)) throw invalid(`"${name}" is the name of a built-in type; choose another`);
    if (this.#byName.has(name)) throw invalid(`two codecs are named "${name}"; names must be unique`);
    if (typeof codec.encode !== 'function' || typeof codec.decode !== 'function') {
      throw invalid(`the codec "${name}" needs both functions, encode and decode`);
    }
    this.#byName.set(name, codec);
    if ((codec.type === undefined) === (codec.matches === undefined)) {
      throw invalid(`the codec "${name}" needs either type (a class) or matches (a test)`);
    }
    if (codec.matches !== undefined) return void this.#byTest.push(codec);
    this.#addClass(name, codec.type.prototype, codec);
  }

  #addClass(name: string, prototype: object | undefined, codec: TypeCodec): void {
    if (typeof prototype !== 'object') throw invalid(`the type of the codec "${name}" is not a class`);
    const twin = this.#byPrototype.get(prototype);
    if (twin !== undefined) throw invalid(`the codecs "${twin.name}" and "${name}" are for the same class`);
    this.#byPrototype.set(prototype, codec);
  }
}

/** Checks the module option `codecs`. */
export function checkCodecs(codecs: readonly TypeCodec[]): void {
  if (!Array.isArray(codecs)) throw invalid('expected a list of typeCodec()');
  new CodecTable(codecs);
}

function invalid(reason: string): InvalidModuleOptionError {
  return new InvalidModuleOptionError(`Module option codecs: ${reason}.`);
}

import { CodecFailedError } from '../../errors/codec-failed.error.js';
import { UnknownCodecError } from '../../errors/unknown-codec.error.js';
import { QueueJobError } from '../../errors/queue-job.error.js';
import { BINARY_NAMES, decodeBinary } from '../types/binary-types.js';
import type { CodecTable } from '../types/codec-table.js';
import { checkJsonDepth, damagedPayload } from './damaged-payload.js';
import { buildError } from '../types/error-parts.js';
import { SCALAR_TYPES } from '../types/scalar-types.js';
import { mapKeyStep, mapValueStep, pathOf, setStep, type Step } from '../path-steps.js';
import { setOwn } from '../types/prototypes.js';
import { messageOf } from '../refusal-reasons.js';
import { TAG, TYPE_KEY } from '../tag.js';

/** What a {@link Decoder} can make besides the built-in types. */
export interface DecoderSettings {
  readonly codecs: CodecTable;
  /** The entity, or what takes its place, for the value of an `Entity` tag that stands at `path`. */
  entityAt(tagValue: object, path: string): object | null;
}

type Fields = Record<string, unknown>;

/**
 * Makes values of parsed JSON. The JSON belongs to the reader: arrays and objects stay as they are, and only what is
 * tagged is put in its place.
 */
export class Decoder {
  readonly #root: string;
  readonly #settings: DecoderSettings;
  readonly #steps: Step[] = [];
  #depth = 0;

  constructor(root: string, settings: DecoderSettings) {
    this.#root = root;
    this.#settings = settings;
  }

  read(node: unknown): unknown {
    if (typeof node !== 'object' || node === null) return node;
    this.#depth += 1;
    checkJsonDepth(this.#depth, this.#root);
    const value = Object.hasOwn(node, TYPE_KEY) ? this.#tagged(node as Fields) : this.#inPlace(node);
    this.#depth -= 1;
    return value;
  }

  #inPlace(node: object): object {
    if (Array.isArray(node)) {
      for (let i = 0; i < node.length; i += 1) node[i] = this.#child(i, node[i]);
      return node;
    }
    const fields = node as Fields;
    for (const key of Object.keys(fields)) {
      const child = fields[key];
      const value = this.#child(key, child);
      if (value !== child) setOwn(fields, key, value);
    }
    return fields;
  }

  #tagged(node: Fields): unknown {
    const { [TYPE_KEY]: name, value: data, ...others } = node;
    if (typeof name !== 'string') throw this.#damaged(`its ${TYPE_KEY} is no string.`);
    if (Object.keys(others).length > 0) throw this.#damaged(`it has more than ${TYPE_KEY} and value.`);
    try {
      return this.#make(name, data);
    } catch (error) {
      if (error instanceof QueueJobError) throw error;
      throw this.#damaged(`it is no ${name} (${messageOf(error)}).`, error);
    }
  }

  #make(name: string, data: unknown): unknown {
    const leaf = SCALAR_TYPES.get(name);
    if (leaf !== undefined) return leaf(data);
    if (BINARY_NAMES.includes(name)) return decodeBinary(name, data);
    switch (name) {
      case TAG.object:
        return this.#inPlace(this.#object(data));
      case TAG.map:
        return this.#map(this.#array(data));
      case TAG.set:
        return new Set(this.#array(data).map((member, i) => this.#child(setStep(i), member)));
      case TAG.error:
        return buildError(this.#errorParts(this.#object(data)));
      case TAG.entity:
        return this.#settings.entityAt(this.#object(data), this.#path);
      case TAG.encrypted:
        throw this.#damaged('what is encrypted stands inside of something else.');
      default:
        return this.#registered(name, data);
    }
  }

  #map(entries: readonly unknown[]): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>();
    entries.forEach((entry, i) => {
      if (!Array.isArray(entry) || entry.length !== 2) throw new Error('expected pairs of a key and a value');
      const key = this.#child(mapKeyStep(i), entry[0]);
      map.set(key, this.#child(mapValueStep(key, i), entry[1]));
    });
    return map;
  }

  /** The properties of an error lie directly on it, so they add no step to the path. */
  #errorParts({ props, ...parts }: Fields): Fields {
    const read = this.#inPlace(parts) as Fields;
    return props === undefined ? read : { ...read, props: this.read(this.#object(props)) };
  }

  #registered(name: string, data: unknown): object {
    const codec = this.#settings.codecs.forName(name);
    if (codec === undefined) {
      throw new UnknownCodecError(
        `${this.#path} has the type "${name}", and no codec of that name is registered. ` +
          'Register it with the module option codecs on every node that runs such jobs.',
      );
    }
    const value = this.read(data);
    try {
      return codec.decode(value);
    } catch (error) {
      const message = `${this.#path} can not be decoded by the codec "${name}": ${messageOf(error)}`;
      throw new CodecFailedError(message, { cause: error });
    }
  }

  #child(step: Step, node: unknown): unknown {
    this.#steps.push(step);
    const value = this.read(node);
    this.#steps.pop();
    return value;
  }

  #array(data: unknown): unknown[] {
    if (!Array.isArray(data)) throw new Error('expected an array');
    return data as unknown[];
  }

  #object(data: unknown): Fields {
    if (typeof data !== 'object' || data === null || Array.isArray(data))
      throw new Error('expected an object');
    return data as Fields;
  }

  get #path(): string {
    return pathOf(this.#root, this.#steps);
  }

  #damaged(reason: string, cause?: unknown): QueueJobError {
    return damagedPayload(this.#path, reason, cause);
  }
}

import { UnknownCodecError } from '../errors/unknown-codec.error.js';
import { RecordGoneError } from '../errors/record-gone.error.js';
import { canonicalText } from './encode/canonical.js';
import { CodecTable } from './types/codec-table.js';
import { damagedPayload, parseJson } from './decode/damaged-payload.js';
import { findEntities, type FoundEntities } from './types/entity-finder.js';
import { describeEntity, type EntityKey, type EntityReferences } from './types/entity-references.js';
import { missingKey, type PayloadCipher, type PayloadPlace, sealedOf } from './encryption/payload-cipher.js';
import { DEFAULT_MAX_PAYLOAD_BYTES, checkMaxPayloadBytes } from './payload-size.js';
import { Decoder } from './decode/decoder.js';
import { TYPE_KEY_TEXT } from './tag.js';
import type { TypeCodec } from './types/type-codec.js';
import { Encoder, type EncoderSettings } from './encode/encoder.js';

/** What an {@link ArgumentCodec} is made of. */
export interface ArgumentCodecOptions {
  /** The most bytes that a payload takes as JSON in UTF-8. Default: 1 MiB; at most 64 MiB. */
  readonly maxPayloadBytes?: number;
  /** The types of the application; see {@link typeCodec}. */
  readonly codecs?: readonly TypeCodec[];
  /** Without it payloads are stored as they are. */
  readonly cipher?: PayloadCipher | undefined;
  /** Without it entities are refused like any other class instance. */
  readonly entities?: EntityReferences;
}

/** What happens to a reference whose entity is gone. */
export interface DecodeOptions {
  /** `throw`, the default, is `RecordGoneError`; `null` puts `null` in its place. */
  readonly missing?: 'throw' | 'null';
  /** Handed on to `EntityReferences.load`. */
  readonly through?: unknown;
  /** Reads the entities in place of `EntityReferences.load`. */
  readonly load?: (keys: readonly EntityKey[]) => Promise<readonly (object | undefined)[]>;
  /** The job that it is stored with: what is encrypted opens for no other. */
  readonly uuid?: string;
}

/** A payload as it was before it was encrypted. */
interface Opened {
  readonly text: string;
  /** Parsed. */
  readonly node: unknown;
}

const NO_ARGUMENTS = '[]';
const ARGUMENTS = 'args';

/**
 * Arguments, results and context as JSON and back. Plain JSON stays exactly as it is; other types become
 * `{"$type": "Date", "value": "2026-01-01T00:00:00.000Z"}`, so SQL can still filter by path.
 *
 * An object without prototype comes back with one, and properties that are added to an array, a `Date` or a `Map` do
 * not travel. An object that stands in two places comes back as two copies, except for an entity, which is read once.
 *
 * @example
 * ```ts
 * const codec = new ArgumentCodec();
 * const text = codec.encode([{ at: new Date(0), total: 5n }]);
 * const [order] = await codec.decode(text);
 * ```
 */
export class ArgumentCodec {
  // Not `#settings`: the application's instances may be proxies, which have no private members.
  private readonly settings: EncoderSettings;
  private readonly cipher: PayloadCipher | undefined;

  constructor(options: ArgumentCodecOptions = {}) {
    this.settings = {
      maxPayloadBytes: checkMaxPayloadBytes(options.maxPayloadBytes ?? DEFAULT_MAX_PAYLOAD_BYTES),
      codecs: new CodecTable(options.codecs ?? []),
      entities: options.entities,
    };
    this.cipher = options.cipher;
  }

  /** The arguments of a call as a JSON array; throws `UnserializableArgumentError` for what can't be carried. */
  encode(args: readonly unknown[]): string {
    return args.length === 0 ? NO_ARGUMENTS : new Encoder(ARGUMENTS, this.settings).write(args);
  }

  /**
   * What {@link encode} or {@link encodeValue} gave as it is stored with a job: encrypted, where the application wants
   * that. `field` is the root of its path when it is decoded.
   */
  seal<Text extends string | null>(text: Text, place: PayloadPlace): Text {
    if (this.cipher === undefined || text === null) return text;
    return this.cipher.seal(text, place) as Text;
  }

  /** What {@link seal} gave for a job, for a draft of which PostgreSQL makes jobs. */
  sealDraft<Text extends string | null>(sealed: Text, place: PayloadPlace): Text {
    if (this.cipher === undefined || sealed === null) return sealed;
    return this.seal(this.open(sealed, place.field, place.uuid).text, { ...place, draft: true }) as Text;
  }

  /** The arguments of a call again; a promise only where entities have to be read. */
  decode(text: string, options: DecodeOptions = {}): unknown[] | Promise<unknown[]> {
    const opened = this.open(text, ARGUMENTS, options.uuid);
    if (!Array.isArray(opened.node)) throw damagedPayload(ARGUMENTS, 'it is no array.');
    return this.decodeNode(opened, ARGUMENTS, options) as unknown[] | Promise<unknown[]>;
  }

  /**
   * One value, such as a result: `undefined` becomes `null`, for SQL's NULL. In errors its path begins with `root`.
   *
   * @example
   * ```ts
   * codec.encodeValue({ sent: 3 }, 'result')
   * ```
   */
  encodeValue(value: unknown, root: string): string | null {
    return value === undefined ? null : new Encoder(root, this.settings).write(value);
  }

  /** What {@link encodeValue} stored: `null` for SQL's NULL; a promise only where entities have to be read. */
  decodeValue(text: string | null, root = 'value', options: DecodeOptions = {}): unknown {
    return text === null ? null : this.decodeNode(this.open(text, root, options.uuid), root, options);
  }

  /** The references to entities in stored arguments, each once, in the order they come, without reading them. */
  entitiesIn(stored: string, uuid?: string): readonly EntityKey[] {
    const { text, node } = this.open(stored, ARGUMENTS, uuid);
    return findEntities(text, node, ARGUMENTS, this.settings.codecs).keys;
  }

  /** Reads the entities of many payloads at once; see {@link EntityReferences.load}. */
  async loadEntities(
    keys: readonly EntityKey[],
    through?: unknown,
  ): Promise<readonly (object | undefined)[]> {
    return this.entitiesOf(keys, ARGUMENTS).load(keys, through);
  }

  /** The JSON of a stored payload, decrypted where it is encrypted, and not decoded. */
  textOf(stored: string, place: PayloadPlace): string {
    return this.open(stored, place.field, place.uuid).text;
  }

  /** The same JSON with object keys sorted at every level: equal for arguments that differ only in the order of keys. */
  canonical(text: string): string {
    return canonicalText(text, ARGUMENTS);
  }

  /** Parses what is stored, and decrypts it where it is encrypted. */
  private open(text: string, root: string, uuid: string | undefined): Opened {
    const node = parseJson(text, root);
    const sealed = sealedOf(node, root);
    if (sealed === undefined) return { text, node };
    if (this.cipher === undefined) throw missingKey(root, sealed, []);
    const opened = this.cipher.open(sealed, { uuid: uuid ?? '', field: root });
    return { text: opened, node: parseJson(opened, root) };
  }

  private decodeNode({ text, node }: Opened, root: string, options: DecodeOptions): unknown {
    if (!text.includes(TYPE_KEY_TEXT)) return node;
    const found = findEntities(text, node, root, this.settings.codecs);
    const read = (entities: readonly (object | undefined)[]): unknown => {
      const entityAt = (value: object, path: string) => placed(value, path, found, entities, options);
      return new Decoder(root, { codecs: this.settings.codecs, entityAt }).read(node);
    };
    return found.keys.length === 0 ? read([]) : this.load(found.keys, root, options).then(read);
  }

  private load(
    keys: readonly EntityKey[],
    root: string,
    { load, through }: DecodeOptions,
  ): Promise<readonly (object | undefined)[]> {
    this.entitiesOf(keys, root).check(keys);
    return load === undefined ? this.loadEntities(keys, through) : load(keys);
  }

  private entitiesOf(keys: readonly EntityKey[], root: string): EntityReferences {
    const { entities } = this.settings;
    if (entities !== undefined) return entities;
    const names = [...new Set(keys.map((key) => key.entity))].join(', ');
    throw new UnknownCodecError(
      `${root} holds references to ${names}, and there is no data source to read them from.`,
    );
  }
}

function placed(
  value: object,
  path: string,
  found: FoundEntities,
  entities: readonly (object | undefined)[],
  options: DecodeOptions,
): object | null {
  const index = found.places.get(value);
  const key = index === undefined ? undefined : found.keys[index];
  if (index === undefined || key === undefined)
    throw damagedPayload(path, 'it is no reference to an entity.');
  const entity = entities[index];
  if (entity !== undefined) return entity;
  if (options.missing === 'null') return null;
  throw new RecordGoneError(
    `${path}: ${describeEntity(key)} no longer exists. With @Job({ missing: 'null' }) the job gets null in its place.`,
  );
}

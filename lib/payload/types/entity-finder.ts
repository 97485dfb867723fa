import { canonicalOf } from '../encode/canonical.js';
import type { CodecTable } from './codec-table.js';
import { checkJsonDepth, damagedPayload } from '../decode/damaged-payload.js';
import type { EntityKey } from './entity-references.js';
import { Decoder, type DecoderSettings } from '../decode/decoder.js';
import { TAG, TYPE_KEY, TYPE_KEY_TEXT } from '../tag.js';

/** The references in a stored JSON, and which of them stands where. */
export interface FoundEntities {
  /** Each reference once, in the order of its first place. */
  readonly keys: readonly EntityKey[];
  /** The index in `keys` for the value of each `Entity` tag. */
  readonly places: ReadonlyMap<object, number>;
}

const NONE: FoundEntities = { keys: [], places: new Map() };
const ENTITY_TEXT = `"${TAG.entity}"`;

/** Finds the references in a stored JSON without reading any entity. */
export function findEntities(text: string, node: unknown, root: string, codecs: CodecTable): FoundEntities {
  if (!text.includes(TYPE_KEY_TEXT) || !text.includes(ENTITY_TEXT)) return NONE;
  const finder = new Finder(root, codecs);
  finder.visit(node, 0);
  return finder;
}

class Finder implements FoundEntities {
  readonly keys: EntityKey[] = [];
  readonly places = new Map<object, number>();
  readonly #indexes = new Map<string, number>();
  readonly #root: string;
  readonly #keySettings: DecoderSettings;

  constructor(root: string, codecs: CodecTable) {
    this.#root = root;
    this.#keySettings = { codecs, entityAt: refuseEntity };
  }

  visit(node: unknown, depth: number): void {
    if (typeof node !== 'object' || node === null) return;
    checkJsonDepth(depth, this.#root);
    const { [TYPE_KEY]: type, value } = node as Readonly<Record<string, unknown>>;
    if (type === TAG.entity) return this.#add(value);
    // The `$type` of what is escaped is data, and no tag.
    const inside = type === TAG.object && typeof value === 'object' && value !== null ? value : node;
    for (const child of Object.values(inside)) this.visit(child, depth + 1);
  }

  #add(value: unknown): void {
    const { entity, table, id } = (value ?? {}) as { entity?: unknown; table?: unknown; id?: unknown };
    const isNamed = typeof entity === 'string' && (table === undefined || typeof table === 'string');
    if (!isNamed || typeof id !== 'object' || id === null || Array.isArray(id)) {
      throw damagedPayload(this.#root, 'a reference to an entity has no name or no key.');
    }
    // Before the key is read: reading puts its values in place.
    const text = canonicalOf(value, this.#root, 0);
    const index = this.#indexes.get(text) ?? this.keys.length;
    this.places.set(value as object, index);
    if (index < this.keys.length) return;
    this.#indexes.set(text, index);
    const read = new Decoder(this.#root, this.#keySettings).read(id) as EntityKey['id'];
    this.keys.push(table === undefined ? { entity, id: read } : { entity, table, id: read });
  }
}

function refuseEntity(_tagValue: object, path: string): never {
  throw damagedPayload(path, 'the key of an entity holds an entity.');
}

import { SCALAR_TYPES } from '../../../payload/types/scalar-types.js';
import { MAX_JSON_DEPTH, TAG, TYPE_KEY } from '../../../payload/tag.js';
import { advance, isHidden, type Patterns } from './patterns.js';

/** Stands where something was hidden. */
class Redacted {
  toJSON(): string {
    return '[redacted]';
  }
}

export const REDACTED: object = Object.freeze(new Redacted());

/**
 * A stored payload without what is hidden. The steps are those of the values, not of their JSON: what is in a Map or a
 * Set is found by its key or its place, and tags add no step.
 */
export function redactJson(node: unknown, patterns: Patterns, depth = 0): unknown {
  if (patterns.length === 0) return node;
  if (isHidden(patterns) || depth > MAX_JSON_DEPTH) return REDACTED;
  if (typeof node !== 'object' || node === null) return node;
  const inside = (child: unknown, step: string): unknown =>
    redactJson(child, advance(patterns, step), depth + 1);
  if (Array.isArray(node)) return node.map((child, at) => inside(child, String(at)));
  const { [TYPE_KEY]: type, value } = node as { [TYPE_KEY]?: unknown; value?: unknown };
  const fields = (record: object): object =>
    Object.fromEntries(Object.entries(record).map(([key, child]) => [key, inside(child, key)]));
  if (typeof type !== 'string') return fields(node);
  if (type === TAG.map && Array.isArray(value)) {
    const entries = (value as unknown[]).map((entry) => {
      const [key, member] = Array.isArray(entry) ? (entry as unknown[]) : [];
      return [redactKey(inside, key), inside(member, typeof key === 'string' ? key : JSON.stringify(key))];
    });
    return { [TYPE_KEY]: type, value: entries };
  }
  if (type === TAG.error && typeof value === 'object' && value !== null) {
    const { props, ...parts } = value as { props?: object };
    const shown = fields(parts) as { message?: unknown; stack?: unknown };
    // A stack begins with the message.
    if (shown.message === REDACTED && Object.hasOwn(shown, 'stack')) shown.stack = REDACTED;
    return {
      [TYPE_KEY]: type,
      value: { ...shown, ...(props === undefined ? {} : { props: fields(props) }) },
    };
  }
  // The columns of its primary key are properties of an entity.
  if (type === TAG.entity) {
    const { id, ...reference } = (value ?? {}) as { id?: unknown };
    const isKey = typeof id === 'object' && id !== null;
    return { [TYPE_KEY]: type, value: { ...reference, id: isKey ? fields(id) : REDACTED } };
  }
  // A leaf has no parts.
  if (SCALAR_TYPES.has(type)) return node;
  // An escaped object has a `$type` of its own, which is data.
  const isEscaped = type === TAG.object && typeof value === 'object' && value !== null;
  return { [TYPE_KEY]: type, value: isEscaped ? fields(value) : redactJson(value, patterns, depth + 1) };
}

/** A step that only `*` and `**` match: an object that is the key of a Map has no name. */
const NAMELESS = '\0';

/** A text that is a key stays, as the names of properties do; an object that is one holds values. */
const redactKey = (inside: (child: unknown, step: string) => unknown, key: unknown): unknown =>
  typeof key === 'object' && key !== null ? inside(key, NAMELESS) : key;

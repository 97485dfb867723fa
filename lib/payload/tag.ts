/** The key that marks a value which isn't plain JSON: `{"$type":"Date","value":"2026-01-01T00:00:00.000Z"}`. */
export const TYPE_KEY = '$type';

/** As {@link TYPE_KEY} stands in a JSON text. A text without it is plain JSON through and through. */
export const TYPE_KEY_TEXT = '"$type"';

/** The deepest nesting of values that is carried. */
export const MAX_DEPTH = 200;

/** The deepest nesting of their JSON: no type needs more than three levels (tag, entries, entry) and none to spare. */
export const MAX_JSON_DEPTH = MAX_DEPTH * 3 + 10;

/** The tags of values that hold other values, and of those that JavaScript has no class for. */
export const TAG = {
  undefined: 'undefined',
  number: 'number',
  bigint: 'bigint',
  object: 'Object',
  map: 'Map',
  set: 'Set',
  error: 'Error',
  entity: 'Entity',
  encrypted: 'Encrypted',
} as const;

/** How a tag with a value begins; the value and a closing brace follow. */
export function tagStart(name: string): string {
  return `{"$type":${JSON.stringify(name)},"value":`;
}

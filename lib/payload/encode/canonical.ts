import { checkJsonDepth, parseJson } from '../decode/damaged-payload.js';

/**
 * The same JSON with the keys of its objects sorted at every level and no blanks. The order of arrays is kept, and so
 * is that of `Map` and `Set`, whose entries are arrays in the stored JSON.
 *
 * @example
 * ```ts
 * canonicalText('[{"b": 1, "a": 2}]', 'args') // [{"a":2,"b":1}]
 * ```
 */
export function canonicalText(text: string, root: string): string {
  return canonicalOf(parseJson(text, root), root, 0);
}

/** As {@link canonicalText}, of JSON that is parsed already. */
export function canonicalOf(node: unknown, root: string, depth: number): string {
  if (typeof node !== 'object' || node === null) return JSON.stringify(node);
  checkJsonDepth(depth, root);
  if (Array.isArray(node)) return `[${node.map((member) => canonicalOf(member, root, depth + 1)).join(',')}]`;
  const entries = Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${canonicalOf(value, root, depth + 1)}`).join(',')}}`;
}

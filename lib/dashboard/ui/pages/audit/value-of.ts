import type { ValueNode } from '../../../api/jobs.api.js';

/** How deep it is looked into, and how much of a list and a text is shown. */
const DEEPEST = 8;
const LONGEST_LIST = 200;
const LONGEST_TEXT = 2_000;

/** JSON as the tree of values shows it. */
export function valueOf(json: unknown, depth = 0): ValueNode {
  if (json === null || json === undefined) {
    return { t: 'null' };
  }
  if (typeof json === 'boolean') {
    return { t: 'boolean', v: json };
  }
  if (typeof json === 'number') {
    return { t: 'number', v: String(json) };
  }
  if (typeof json !== 'object' || depth === DEEPEST) {
    const text = typeof json === 'string' ? json : JSON.stringify(json);
    return {
      t: 'string',
      v: text.slice(0, LONGEST_TEXT),
      ...(text.length > LONGEST_TEXT && { cut: text.length - LONGEST_TEXT }),
    };
  }
  const entries = Object.entries(json).slice(0, LONGEST_LIST);
  const cut = Object.keys(json).length - entries.length;
  return Array.isArray(json)
    ? {
        t: 'list',
        type: 'Array',
        items: entries.map(([, value]) => valueOf(value, depth + 1)),
        ...(cut > 0 && { cut }),
      }
    : {
        t: 'record',
        type: 'Object',
        entries: entries.map(([key, value]) => [key, valueOf(value, depth + 1)] as const),
        ...(cut > 0 && { cut }),
      };
}

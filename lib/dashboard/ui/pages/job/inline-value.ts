import type { ValueNode } from '../../../api/jobs.api.js';

/** A value in one line, as JavaScript would write it: `{ order: 4711, items: [1, 2] }`; empty for none. */
export function inline(value: ValueNode | null): string {
  if (value === null) {
    return '';
  }
  switch (value.t) {
    case 'boolean':
      return String(value.v);
    case 'number':
    case 'damaged':
      return value.v;
    case 'bigint':
      return `${value.v}n`;
    case 'string':
      return JSON.stringify(value.v) + more(value.cut);
    case 'typed':
      return value.v + more(value.cut);
    case 'entity':
      return `${value.entity} ${value.id}`;
    case 'list':
      return `[${value.items.map(inline).join(', ')}${more(value.cut)}]`;
    case 'record':
      return `{ ${value.entries.map(([key, one]) => `${key}: ${inline(one)}`).join(', ')}${more(value.cut)} }`;
    case 'null':
    case 'undefined':
    case 'redacted':
    default:
      return value.t;
  }
}

const more = (cut: number | undefined): string => (cut === undefined || cut === 0 ? '' : '…');

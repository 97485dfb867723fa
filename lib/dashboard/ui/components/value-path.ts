import type { ValueNode } from '../../api/jobs.api.js';

/** A value that holds no others. */
export type Leafy = Exclude<ValueNode, { t: 'list' | 'record' }>;

/** One step further, as the filter `arg` writes it; null where it can't follow: into a Map, a Set or an error. */
export function stepInto(
  { t, type }: Extract<ValueNode, { t: 'list' | 'record' }>,
  path: string | null,
  key: string,
): string | null {
  if (path === null || (type !== 'Array' && type !== 'Object')) {
    return null;
  }
  if (t === 'list') {
    return `${path}[${key}]`;
  }
  return /^[^.[\]="\s]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

/** What the filter `arg` has to be given to find a value; null where it can't be found by it. */
export function searchedText(value: Leafy): string | null {
  if (value.t === 'entity') {
    return value.id;
  }
  if (value.t === 'number' || value.t === 'bigint' || value.t === 'boolean') {
    return String(value.v);
  }
  if ((value.t !== 'string' && value.t !== 'typed') || value.cut !== undefined || value.v === '') {
    return null;
  }
  return isJson(value.v) ? JSON.stringify(value.v) : value.v;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

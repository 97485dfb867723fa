import { BINARY_NAMES } from '../../../payload/types/binary-types.js';
import { MAX_JSON_DEPTH, TAG, TYPE_KEY } from '../../../payload/tag.js';
import type { ValueNode } from '../../api/jobs.api.js';
import { REDACTED } from '../redaction/redact-json.js';

/** What a person reads of a payload. */
const MOST = { nodes: 2_000, members: 100, string: 2_000, key: 200, hexBytes: 32 };

/**
 * Makes stored JSON ready to be shown. Nothing is decoded: no code of the application runs, and no entity is read.
 * One viewer is for one payload: what it has shown counts against what is left.
 */
export class ValueViewer {
  private nodes = 0;
  /** Whether anything was left out. */
  isCut = false;

  view(node: unknown, depth = 0): ValueNode {
    this.nodes += 1;
    if (node === REDACTED) return { t: 'redacted' };
    if (depth > MAX_JSON_DEPTH) return { t: 'damaged', v: 'It is nested too deeply.' };
    if (node === null) return { t: 'null' };
    if (typeof node === 'boolean') return { t: 'boolean', v: node };
    if (typeof node === 'number') return { t: 'number', v: String(node) };
    if (typeof node === 'string') return { t: 'string', ...this.text(node) };
    if (Array.isArray(node)) return this.list('Array', node as unknown[], depth);
    const fields = node as Readonly<Record<string, unknown>>;
    const type = fields[TYPE_KEY];
    return typeof type === 'string'
      ? this.tagged(type, fields['value'], depth)
      : this.record('Object', fields, depth);
  }

  private tagged(type: string, value: unknown, depth: number): ValueNode {
    switch (type) {
      case TAG.undefined:
        return { t: 'undefined' };
      case TAG.number:
      case TAG.bigint:
        return { t: type, v: String(value).slice(0, MOST.string) };
      case TAG.entity:
        return entity(value);
      case TAG.set:
        if (Array.isArray(value)) return this.list('Set', value as unknown[], depth);
        break;
      case TAG.map:
        if (Array.isArray(value)) return this.entries('Map', (value as unknown[]).map(mapEntry), depth);
        break;
      case TAG.error:
        if (isRecord(value)) return this.error(value, depth);
        break;
      case TAG.object:
        if (isRecord(value)) return this.record('Object', value, depth);
        break;
      case 'Date':
        return { t: 'typed', type, v: value === null ? 'Invalid Date' : asText(value).slice(0, 40) };
      case 'URL':
        return { t: 'typed', type, ...this.text(asText(value)) };
      case 'RegExp':
        if (isRecord(value))
          return { t: 'typed', type, ...this.text(`/${asText(value['source'])}/${asText(value['flags'])}`) };
        break;
      default:
        if (BINARY_NAMES.includes(type)) return this.binary(type, asText(value));
        return this.registered(type.slice(0, MOST.key), value, depth);
    }
    return { t: 'damaged', v: `It is no ${type}.` };
  }

  /** A type of the application: what its codec stores. */
  private registered(type: string, value: unknown, depth: number): ValueNode {
    const node = this.view(value, depth + 1);
    if (node.t === 'record' && node.type === 'Object') return { ...node, type };
    if (node.t === 'string') return { ...node, t: 'typed', type };
    if (node.t === 'number' || node.t === 'bigint' || node.t === 'boolean')
      return { t: 'typed', type, v: String(node.v) };
    return { t: 'record', type, entries: [['value', node]] };
  }

  private error({ props, ...parts }: Readonly<Record<string, unknown>>, depth: number): ValueNode {
    return this.record('Error', { ...parts, ...(isRecord(props) ? props : {}) }, depth);
  }

  private record(type: string, fields: Readonly<Record<string, unknown>>, depth: number): ValueNode {
    return this.entries(type, Object.entries(fields), depth);
  }

  private entries(type: string, all: readonly (readonly [string, unknown])[], depth: number): ValueNode {
    const shown = all.slice(0, this.room());
    const entries = shown.map(
      ([key, value]) => [key.slice(0, MOST.key), this.view(value, depth + 1)] as const,
    );
    return { t: 'record', type, entries, ...this.left(all.length - shown.length) };
  }

  private list(type: string, all: readonly unknown[], depth: number): ValueNode {
    const shown = all.slice(0, this.room());
    return {
      t: 'list',
      type,
      items: shown.map((item) => this.view(item, depth + 1)),
      ...this.left(all.length - shown.length),
    };
  }

  private binary(type: string, base64: string): ValueNode {
    const bytes = Buffer.from(base64.slice(0, MOST.hexBytes * 2), 'base64').subarray(0, MOST.hexBytes);
    const length = Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
    return { t: 'typed', type, v: bytes.toString('hex'), ...this.left((length - bytes.length) * 2) };
  }

  private text(text: string): { v: string; cut?: number } {
    return { v: cutText(text, MOST.string), ...this.left(Math.max(0, text.length - MOST.string)) };
  }

  private room(): number {
    return Math.max(0, Math.min(MOST.members, MOST.nodes - this.nodes));
  }

  private left(cut: number): { cut?: number } {
    if (cut === 0) return {};
    this.isCut = true;
    return { cut };
  }
}

/** The first characters of a text, no half of a pair at its end. */
export function cutText(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}

function entity(value: unknown): ValueNode {
  const { entity: name, id } = (isRecord(value) ? value : {}) as { entity?: unknown; id?: unknown };
  if (typeof name !== 'string' || !isRecord(id))
    return { t: 'damaged', v: 'It is no reference to an entity.' };
  const keys = Object.entries(id);
  const single = keys.length === 1 ? keys[0]?.[1] : undefined;
  const text =
    single === undefined ? keys.map(([key, part]) => `${key}: ${keyText(part)}`).join(', ') : keyText(single);
  return { t: 'entity', entity: name.slice(0, MOST.key), id: cutText(text, MOST.key) };
}

function keyText(part: unknown): string {
  if (part === REDACTED) return '[redacted]';
  if (isRecord(part) && typeof part[TYPE_KEY] === 'string') return asText(part['value']);
  return typeof part === 'string' ? part : (JSON.stringify(part) ?? '');
}

function mapEntry(entry: unknown): readonly [string, unknown] {
  const [key, value] = Array.isArray(entry) ? (entry as unknown[]) : [];
  return [typeof key === 'string' ? key : keyText(key), value];
}

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

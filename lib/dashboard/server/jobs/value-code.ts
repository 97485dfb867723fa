import { BINARY_NAMES } from '../../../payload/types/binary-types.js';
import { TAG, TYPE_KEY } from '../../../payload/tag.js';
import { REDACTED } from '../redaction/redact-json.js';

const WIDTH = 100;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
/** Format characters, such as those that turn the direction of writing, and separators of lines. */
const UNSEEN = /[\p{Cf}\p{Zl}\p{Zp}]/gu;
const ERRORS = ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'];

/** A stored value as TypeScript that makes it again. */
export function valueCode(node: unknown, indent = ''): string {
  if (node === REDACTED) return 'undefined as never /* redacted */';
  if (typeof node === 'string') return quoted(node);
  if (typeof node !== 'object' || node === null) return String(node);
  if (Array.isArray(node))
    return around(
      '[',
      (node as unknown[]).map((item) => valueCode(item, `${indent}  `)),
      ']',
      indent,
    );
  const { [TYPE_KEY]: type, value } = node as { [TYPE_KEY]?: unknown; value?: unknown };
  return typeof type === 'string' ? taggedCode(type, value, indent) : recordCode(node, indent);
}

/** A string literal. What can't be seen is escaped: it could make code look like other code. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"');
  const seen = escaped.replace(UNSEEN, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
  return `'${seen.replaceAll("'", String.raw`\'`)}'`;
}

/** An object, for options that are given or not. */
export function recordCode(record: object, indent: string): string {
  const fields = Object.entries(record).map(
    ([key, value]) => `${keyCode(key)}: ${valueCode(value, `${indent}  `)}`,
  );
  return fields.length === 0 ? '{}' : around('{ ', fields, ' }', indent);
}

/** On one line where it fits. */
export function around(open: string, parts: readonly string[], close: string, indent: string): string {
  const line = `${open}${parts.join(', ')}${close}`;
  if (line.length + indent.length <= WIDTH && !line.includes('\n')) return line;
  return `${open.trim()}\n${parts.map((part) => `${indent}  ${part},\n`).join('')}${indent}${close.trim()}`;
}

function taggedCode(type: string, value: unknown, indent: string): string {
  switch (type) {
    case TAG.undefined:
      return 'undefined';
    case TAG.number:
      return String(value);
    case TAG.bigint:
      return `${String(value)}n`;
    case TAG.object:
      return recordCode(value as object, indent);
    case TAG.map:
    case TAG.set:
      return `new ${type}(${valueCode(value, indent)})`;
    case TAG.error:
      return errorCode(value as Readonly<Record<string, unknown>>, indent);
    case TAG.entity:
      return entityCode(value as { entity: string; id: object }, indent);
    case 'Date':
      return value === null ? 'new Date(NaN)' : `new Date(${quoted(value as string)})`;
    case 'URL':
      return `new URL(${quoted(String(value))})`;
    case 'RegExp': {
      const { source, flags } = value as { source: string; flags: string };
      return `new RegExp(${quoted(source)}, ${quoted(flags)})`;
    }
    default:
      return BINARY_NAMES.includes(type)
        ? binaryCode(type, String(value))
        : `${valueCode(value, indent)} as never /* what the codec ${commentText(type)} stores */`;
  }
}

function errorCode({ name, message, cause }: Readonly<Record<string, unknown>>, indent: string): string {
  const isKnown = ERRORS.includes(String(name));
  const parts = [
    quoted(String(message)),
    ...(cause === undefined ? [] : [`{ cause: ${valueCode(cause, indent)} }`]),
  ];
  const made = `new ${isKnown ? String(name) : 'Error'}(${parts.join(', ')})`;
  return isKnown || name === 'Error' ? made : `Object.assign(${made}, { name: ${quoted(String(name))} })`;
}

function entityCode({ entity, id }: { entity: string; id: object }, indent: string): string {
  const target = IDENTIFIER.test(entity) ? entity : quoted(entity);
  return `await dataSource.getRepository(${target}).findOneByOrFail(${recordCode(id, indent)})`;
}

function binaryCode(type: string, base64: string): string {
  const buffer = `Buffer.from(${quoted(base64)}, 'base64')`;
  if (type === 'Buffer') return buffer;
  const own = `new Uint8Array(${buffer})`;
  if (type === 'Uint8Array') return own;
  return type === 'ArrayBuffer' ? `${own}.buffer` : `new ${type}(${own}.buffer)`;
}

/** `__proto__` in a literal would set the prototype. */
const keyCode = (key: string): string => {
  if (key === '__proto__') return `['__proto__']`;
  return IDENTIFIER.test(key) ? key : quoted(key);
};

const commentText = (text: string): string => text.replaceAll('*/', '* /').slice(0, 100);

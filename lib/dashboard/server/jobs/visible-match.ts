import { TYPE_KEY } from '../../../payload/tag.js';
import type { SearchFilter } from '../../../store/jobs/job-where.js';
import { valuePattern } from '../../../store/jobs/text-filter.js';
import { REDACTED } from '../redaction/redact-json.js';
import type { Redaction } from '../redaction/redactor.js';

/** What of a row is looked at. */
export type SearchedRow = Readonly<
  Record<
    | 'uuid'
    | 'name'
    | 'channel'
    | 'user_id'
    | 'description'
    | 'identity_key'
    | 'exc_name'
    | 'exc_message'
    | 'tags'
    | 'args',
    unknown
  >
>;

/** Whether a job that matches does so by what may be seen of it. */
export function matchesVisibly(row: SearchedRow, filter: SearchFilter, redaction: Redaction): boolean {
  const { argument, anyArgument, text, search, value, key, message } = filter;
  const visible = new VisibleTexts(row, redaction);
  const tests: readonly (boolean | undefined)[] = [
    argument && !redaction.touches('args', argument.path),
    anyArgument && visible.hasAt(anyArgument),
    text === undefined ? undefined : !redaction.hides('description'),
    key === undefined ? undefined : !redaction.hides('identityKey'),
    message === undefined ? undefined : !redaction.hides('error'),
    value === undefined ? undefined : new RegExp(valuePattern(value), 'u').test(visible.argsJson),
    search === undefined ? undefined : visible.holds(search),
  ];
  return tests.every((isMet) => isMet !== false);
}

class VisibleTexts {
  private args: unknown;

  constructor(
    private readonly row: SearchedRow,
    private readonly redaction: Redaction,
  ) {}

  get argsJson(): string {
    return JSON.stringify(this.readArgs());
  }

  holds(search: string): boolean {
    const { row, redaction } = this;
    const texts = [
      row.name,
      row.user_id,
      row.channel,
      row.exc_name,
      ...((row.tags ?? []) as string[]),
      redaction.text('description', row.description as string),
      redaction.text('identityKey', row.identity_key as string | null),
      redaction.text('error', row.exc_message as string | null),
    ];
    const wanted = search.toLowerCase();
    const has = (text: unknown, part: string): boolean =>
      typeof text === 'string' && text.toLowerCase().includes(part);
    return (
      texts.some((text) => has(text, wanted)) ||
      (row.uuid as string).startsWith(wanted) ||
      has(this.argsJson, JSON.stringify(wanted).slice(1, -1))
    );
  }

  /** Whether one of the arguments has the value there; what is hidden is not in them. */
  hasAt({ path, value }: NonNullable<SearchFilter['anyArgument']>): boolean {
    const args = this.readArgs();
    return Array.isArray(args) && args.some((arg) => isAt(arg, path, textOf(value)));
  }

  private readArgs(): unknown {
    try {
      this.args ??= this.redaction.json('args', this.row.args as string);
    } catch {
      // Damaged arguments are shown to nobody.
      this.args = [];
    }
    return this.args;
  }
}

function isAt(arg: unknown, path: readonly (string | number)[], wanted: string): boolean {
  let at = arg;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || at === REDACTED || TYPE_KEY in at) return false;
    at = (at as Record<string | number, unknown>)[step];
  }
  return textsIn(at).includes(wanted);
}

/** The texts by which a value is found; that of a tag is inside it. */
function textsIn(node: unknown): readonly string[] {
  if (node === REDACTED || node === undefined) return [];
  if (typeof node !== 'object' || node === null) return [textOf(node)];
  const { value } = node as { value?: unknown };
  if (!(TYPE_KEY in node)) return [JSON.stringify(node)];
  const { id } = (typeof value === 'object' && value !== null ? value : {}) as { id?: object };
  return [textOf(value), ...(id === undefined ? [] : Object.values(id).map(textOf))];
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

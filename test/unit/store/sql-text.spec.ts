import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { InvalidModuleOptionError } from '../../../lib/errors/invalid-module-option.error.js';
import { createTables } from '../../../lib/store/schema/v1/create-tables.js';
import { functions } from '../../../lib/store/schema/v1/functions/functions.js';
import { Tables } from '../../../lib/store/connection/tables.js';

const LIB = join(import.meta.dirname, '../../../lib');

/** A text in the code, with what is put into it. */
interface CodeText {
  readonly file: string;
  readonly text: string;
  readonly puts: readonly string[];
}

interface Syntax {
  readonly type: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly value?: unknown;
  readonly quasis?: readonly { readonly raw: string }[];
  readonly expressions?: readonly Syntax[];
}

/** Every string and template of a file. */
function textsOf(file: string): CodeText[] {
  const code = readFileSync(join(LIB, file));
  const found: CodeText[] = [];
  const module = parseSync(code.toString(), { syntax: 'typescript', decorators: true });
  // Spans count bytes, over all files that were ever parsed; the first token of ours is where this one begins.
  const start = module.span.start - firstByteOf(code);
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, value, quasis, expressions } = node as Syntax;
    if (type === 'TemplateLiteral' && quasis !== undefined) {
      const puts = (expressions ?? []).map(({ span }) =>
        code.subarray(span.start - start, span.end - start).toString(),
      );
      found.push({ file, text: quasis.map(({ raw }) => raw).join('…'), puts });
    }
    if (type === 'StringLiteral') found.push({ file, text: String(value), puts: [] });
    Object.values(node).forEach(visit);
  };
  visit(module.body);
  return found;
}

/** Where the code begins, behind comments and blanks. */
function firstByteOf(code: Buffer): number {
  const [lead = ''] = /^(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*/.exec(code.toString()) ?? [];
  return Buffer.byteLength(lead);
}

const isSql = ({ text }: CodeText): boolean =>
  /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP|WHERE|LISTEN|NOTIFY|FROM)\b.*\s/.test(text) &&
  !/^[A-Z]?[a-z]+ [a-z]/.test(text);

const MADE_OF_TABLES =
  /^store\/(?:schema\/|jobs\/(?:job-sources|job-where|uuid-time)\.ts|notify\/notification-text\.ts)/;

/** Names of our own, quoted by `Tables`, and the constants of the index that a row stands in. */
const QUOTED =
  /^Phase\.\w+$|^(?:this\.)?(?:tables|t)\.(?:name|local|literal)\('queue_job\w*'\)$|^(?:this\.)?(?:tables|t)\.(?:job|history|attempt|log|dependency|channel|permit|jobFunction|node|schedule|claim|meta|rollup|audit|batch|batchCallback|followUp|key|mute|lockClass|quotedSchema)$/;

/**
 * What else is put into a statement, by file. Each was looked at: a piece of SQL made of constants and of names as above,
 * or the number of a bound value (`bind(…)`). Look as hard at what you add, and bind values instead.
 */
const LOOKED_AT: Readonly<Record<string, readonly string[]>> = {
  'store/claims/claim-store.ts': ["CLAIMED_COLUMNS.map((column) => `c.${column}`).join(', ')"],
  'store/batches/batch-store.ts': [
    'STATE', 'where', 'limit', 'OLD_SNAPSHOT', "batchLock(this.tables, '$1')", 'table', 'LOOKED_AT', 'members(t.job)', 'members(t.history)',
  ],
  'store/channels/channel-store.ts': ['COLUMNS', "NEXT_START('excluded')", "NEXT_START('w')", 'below'],
  'store/channels/channel-list.ts': [
    'column', 'columns', "ancestors('b.channel')", "ancestors('c.name')", "ancestors('r.channel')", 'channelSums(t)', 'jobs',
  ],
  'store/jobs/audit-store.ts': ['LOOKED_THROUGH'],
  'store/stats/channel-load-store.ts': [
    'where', 'SAMPLE', 'MOST_FUNCTIONS', 'MOST_NODES', "inside('r.channel')", "inside('b.channel')", "ready('j.channel = $1')",
    "ready(`j.channel >= $1 || '.' AND j.channel < $1 || '/'`)",
  ],
  'store/stats/failure-detail-store.ts': ["OF_GROUP('f')", "OF_GROUP('l')", "OF_GROUP('j')", 'ATTEMPTS', 'NODES', 'row'],
  'store/stats/attention-store.ts': [
    'MUTED', "channelSums(t, 'jobs')", 'date', "millis('n.date_seen')", "millis('o.next_tick')",
  ],
  'store/stats/failure-store.ts': ['GROUPS', 'JOBS', 'WAITING'],
  'store/graphs/graph-store.ts': [
    'this.columns', 'cancelBy', 'table', "from(this.tables.job, 'j.cancel_by')", "from(this.tables.history, 'NULL')",
    'columns', 'dependency', 'one', 'other', 'from(job)', 'from(history)', 'from(this.tables.job)', 'from(this.tables.history)',
    'MOST_LINKS', 'history', 'job',
  ],
  'store/jobs/job-update-store.ts': ['job', 'audit'],
  'store/jobs/job-search.ts': [
    'columns', 'cancelBy', 'rows', "[...base, ...where, 'true'].join(' AND ')", 'end', 'outer', "parts.join(' UNION ALL ')",
  ],
  'store/jobs/job-ranges.ts': ['rows', "[...base, below].join(' AND ')", "parts.join(' UNION ALL ')", 'skip'],
  'store/jobs/job-groups.ts': ['KEYS[by]', 'rows', "[...base, ...where, 'true'].join(' AND ')", "parts.join(' UNION ALL ')"],
  'store/jobs/job-sorting.ts': [
    'columns', 'cancelBy', 'source', "where.join(' AND ')", "[...base, ...where].join(' AND ')", 'order', 'end', 'MOST_LOOKED_AT',
    "parts.join(' UNION ALL ')",
  ],
  'store/jobs/job-store.ts': [
    'this.columns', 'cancelBy', 'table', 'limit', 'source', "where.join(' AND ')",
    "page(this.tables.job, 'cancel_by')", "page(this.tables.history, 'NULL')",
  ],
  'store/insert/insert-uniform.ts': [
    "UNIFORM_COLUMNS.map(({ column }) => column).join(', ')", "UNIFORM_COLUMNS.map((_, at) => `$${at + 4}`).join(', ')",
    "notificationText(t, '$16', '$17')",
  ],
  'store/insert/insert-one.ts': [
    'insertText(tables)', "notificationText(tables, '$16', '$17')", "UNIFORM_COLUMNS.map(({ column }) => column).join(', ')",
    "UNIFORM_COLUMNS.map((_, at) => `$${at + 4}`).join(', ')",
  ],
  'store/insert/claimed-insert-store.ts': ["UNIFORM_COLUMNS.map((_, at) => `$${at + 7}`).join(', ')"],
  'store/insert/insert-mixed.ts': ['order', 'BY_KEY', "notificationText(t, '$24', '$25')"],
  'store/stats/metrics-store.ts': ['since', 'rollup', 'where'],
  'store/stats/overview-store.ts': ["changes('queue_job')", "changes('queue_job_history')"],
  'store/stats/rollup-store.ts': ['column', 'WIDTHS', "sum('wait')", "sum('run')", 'state'],
  'store/schedules/schedule-store.ts': [
    'column', 'served', 'MOST_DUE', 'COLUMNS', 'known', "millis('clock_timestamp()')", "millis('n.date_started')",
    "millis('(s.next_tick - clock_timestamp())')",
  ],
  'store/schedules/schedule-list-store.ts': ["runColumns('r')", 'table', 'run(t.job)', 'run(t.history)'],
  'store/nodes/node-store.ts': [`this.tables.notifications.replaceAll('"', '""')`],
}; // prettier-ignore

const files = readdirSync(LIB, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const texts = files.flatMap(textsOf);

describe('the SQL of the library', () => {
  it('is in one folder', () => {
    const elsewhere = texts.filter((one) => isSql(one) && !one.file.startsWith('store/'));
    expect(elsewhere.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
    expect(texts.filter(isSql).length).toBeGreaterThan(80);
  });

  it('has nothing put into it at run time but quoted names, and numbers of bound values', () => {
    // Those of the schema, and pieces that take no value, are made of `Tables` alone; the tests below hold these.
    const dynamic = texts.filter(({ file }) => !MADE_OF_TABLES.test(file));
    const bad = dynamic
      .filter(isSql)
      .flatMap(({ file, puts }) =>
        puts
          .filter((put) => !QUOTED.test(put) && !LOOKED_AT[file]?.includes(put))
          .map((put) => `${file}: \${${put}}`),
      );
    expect(bad).toEqual([]);
  });

  it('is never glued together with +', () => {
    const glued = files.filter(
      (file) =>
        /['"`]\s*\+\s|\s\+\s*['"`](?!['"`])/.test(readFileSync(join(LIB, file), 'utf8')) &&
        file.startsWith('store/'),
    );
    expect(glued).toEqual([]);
  });
});

describe('names in SQL', () => {
  const statementsOf = (tables: Tables): string[] => [...createTables(tables), ...functions(tables)];
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

  it.each([
    ['quotes', 'a"b', 'c"d'],
    ['single quotes', "a'b", "c'd"],
    ['statements', 'x"; DROP TABLE "y', "x'); DROP TABLE y; --"],
    ['comments', 'a--b', 'a/*b'],
    ['backslashes', 'a\\b', 'a\\"b'],
    ['a dollar', 'a$b', '$c'],
    ['other letters', 'ä😀', '表_'],
  ])('are quoted wherever they stand: %s', (_, schema, prefix) => {
    const hostile = new Tables(schema, prefix);
    const back = (text: string): string =>
      text
        .replaceAll(quoted(schema).replaceAll("'", "''"), '"S"')
        .replaceAll(quoted(schema), '"S"')
        .replaceAll(quoted(prefix).slice(0, -1).replaceAll("'", "''"), '"P_')
        .replaceAll(quoted(prefix).slice(0, -1), '"P_');
    const unlocked = (tables: Tables): string[] =>
      statementsOf(tables).map((text) =>
        text
          .replaceAll(String(tables.lockClass), 'LOCK')
          .replaceAll(String(tables.lockClass >>> 0), 'LOCK')
          .replaceAll(`'${tables.notifications.replaceAll("'", "''")}'`, "'NOTIFICATIONS'"),
      );
    expect(unlocked(hostile).map(back)).toEqual(unlocked(new Tables('S', 'P_')));
  });

  it('that would end the body of a function are refused', () => {
    expect(() => new Tables('a$$b')).toThrow(InvalidModuleOptionError);
    expect(() => new Tables('a', '$$')).toThrow(InvalidModuleOptionError);
  });

  it.each(['a', 'ä'.repeat(31), 'x'.repeat(63), '😀'.repeat(15)])(
    'fit into a channel of NOTIFY: %s',
    (schema) => {
      const { notifications } = new Tables(schema, 'ü_');
      expect(Buffer.byteLength(notifications)).toBeLessThan(64);
      expect(notifications).toMatch(/queue_job$/);
    },
  );
});

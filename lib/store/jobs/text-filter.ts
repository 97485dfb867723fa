import type { JobFilter } from './job-filter.js';
import type { Bind } from './job-where.js';

/** What a person types who looks for a job. What is left out does not matter. */
export interface TextFilter {
  /** A text anywhere in the job: description, name, arguments, identity key, error, tags, user, channel, the beginning of its uuid. */
  readonly search?: string;
  /** A value anywhere in the arguments, whole, as text. */
  readonly value?: string;
  /** A value at a path in one of the arguments, whichever: the path begins inside it. */
  readonly anyArgument?: NonNullable<JobFilter['argument']>;
  /** A text in the identity key, in any case. */
  readonly key?: string;
  /** A text in the message of the last error, in any case. */
  readonly message?: string;
  /** The first hexadecimal digits of the uuid, without hyphens. */
  readonly id?: string;
}

const BARE = /^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;

/** A text as it stands inside a JSON string. */
const insideJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Finds a whole value in the text of JSON: JavaScript and PostgreSQL read the expression alike. */
export function valuePattern(value: string): string {
  const escaped = insideJson(value).replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return `[[,:]\\s*${BARE.test(value) ? `"?${escaped}"?` : `"${escaped}"`}\\s*[\\],}]`;
}

/** The smallest and the greatest uuid that begin with these digits. */
export function uuidsBeginning(digits: string): readonly [string, string] {
  const whole = (fill: string): string =>
    digits.padEnd(32, fill).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return [whole('0'), whole('f')];
}

/** The conditions on a job `j`. What is encrypted is no array, and is not looked into. */
export function textWhere({ search, value, key, message }: TextFilter, bind: Bind): string[] {
  const where: string[] = [];
  const args = `json_typeof(j.args) = 'array' AND j.args::text`;
  if (key !== undefined) where.push(`j.identity_key ILIKE ${bind(within(key))}`);
  if (message !== undefined) where.push(`j.exc_message ILIKE ${bind(within(message))}`);
  if (value !== undefined) {
    // Most rows end at the first comparison, which is the cheaper one by far.
    const text = bind(within(insideJson(value)));
    where.push(`${args} LIKE ${text} AND j.args::text ~ ${bind(valuePattern(value))}`);
  }
  if (search !== undefined) {
    const text = bind(within(search));
    const columns = ['description', 'name', 'identity_key', 'exc_message', 'exc_name', 'user_id', 'channel'];
    const beginning = bind(`${escapeLike(search.toLowerCase())}%`);
    where.push(
      `(${columns.map((column) => `j.${column} ILIKE ${text}`).join(' OR ')} OR j.tags::text ILIKE ${bind(within(insideJson(search)))} OR j.uuid::text LIKE ${beginning} OR ${args} ILIKE ${bind(within(insideJson(search)))})`,
    );
  }
  return where;
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

/** For LIKE: what holds a text. */
export const within = (text: string): string => `%${escapeLike(text)}%`;

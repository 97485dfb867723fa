import type { JobFilter } from './job-filter.js';
import type { Tables } from '../connection/tables.js';
import { textWhere, type TextFilter, within } from './text-filter.js';

/** All that a search can be narrowed by. */
export type SearchFilter = JobFilter & TextFilter;

/** Puts a value among those of a statement; returns its placeholder. */
export type Bind = (value: unknown) => string;

/** The conditions of a filter on a job `j`, live or ended, besides those by which the rows are found. */
export function jobWhere(filter: SearchFilter, t: Tables, bind: Bind): string[] {
  const where: string[] = [];
  const equal = (column: string, value: unknown): void => {
    if (value !== undefined) where.push(`j.${column} = ${bind(value)}`);
  };
  if (filter.state !== undefined) where.push(`j.state = ANY(${bind([filter.state].flat())})`);
  equal('name', filter.name);
  equal('user_id', filter.userId);
  equal('priority', filter.priority);
  equal('exc_name', filter.error);
  if (filter.channel !== undefined) {
    const channel = bind(filter.channel);
    where.push(
      `(j.channel = ${channel} OR j.channel >= ${channel} || '.' AND j.channel < ${channel} || '/')`,
    );
  }
  if (filter.tags !== undefined) where.push(`j.tags ?& ${bind(filter.tags)}::text[]`);
  if (filter.anyTag !== undefined) where.push(`j.tags ?| ${bind(filter.anyTag)}::text[]`);
  if (filter.createdFrom !== undefined) where.push(`j.date_created >= ${bind(filter.createdFrom)}`);
  if (filter.createdBefore !== undefined) where.push(`j.date_created < ${bind(filter.createdBefore)}`);
  if (filter.node !== undefined) where.push(`${lastNode(t)} = ${bind(filter.node)}`);
  if (filter.text !== undefined) {
    where.push(`j.description ILIKE ${bind(within(filter.text))}`);
  }
  if (filter.argument !== undefined) where.push(argumentWhere('j.args', filter.argument, bind));
  if (filter.anyArgument !== undefined) {
    const each = `json_array_elements(CASE json_typeof(j.args) WHEN 'array' THEN j.args END)`;
    const inOne = argumentWhere('one.arg', filter.anyArgument, bind);
    where.push(`EXISTS (SELECT 1 FROM ${each} one(arg) WHERE ${inOne})`);
  }
  where.push(...textWhere(filter, bind));
  return where;
}

/** The node that has the job `j`, or had it at its last attempt: a job that failed has none any more. */
export const lastNode = (t: Tables): string =>
  `coalesce(j.node, (SELECT a.node FROM ${t.attempt} a WHERE a.job_uuid = j.uuid ORDER BY a.id DESC LIMIT 1))`;

/**
 * Compares texts, never casts: one stored value that can't be cast would break the whole search. A value of another
 * type, such as a bigint or a Date, is stored in a tag and found by its text there; an entity, by its single key.
 */
function argumentWhere(
  args: string,
  { path, value, plain = false }: NonNullable<JobFilter['argument']>,
  bind: Bind,
): string {
  const at = bind(path.map(String));
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const given = bind(text);
  // Only `value` leads into a tag: what it stands in has no `$type` then.
  const places = plain ? path.flatMap((step, i) => (step === 'value' ? [path.slice(0, i)] : [])) : [];
  const untagged = places.map(
    (place) => `${args} #>> ${bind([...place.map(String), '$type'])}::text[] IS NULL AND `,
  );
  return `${untagged.join('')}CASE json_typeof(${args} #> ${at}::text[])
    WHEN 'object' THEN ${args} #>> ${at}::text[] = ${given} OR ${args} #>> (${at}::text[] || '$type'::text) IS NOT NULL AND (
      ${args} #>> (${at}::text[] || 'value'::text) = ${given} OR EXISTS (
        SELECT 1 FROM json_each_text(CASE WHEN ${args} #>> (${at}::text[] || '$type'::text) = 'Entity' THEN ${args} #> (${at}::text[] || ARRAY['value', 'id']) END) k
        WHERE k.value = ${given}))
    WHEN ${bind(type)} THEN coalesce(${args} #>> ${at}::text[], 'null') = ${given}
    ELSE false END`;
}

import type { Client } from 'pg';

/**
 * What stands in the library's tables, as one text: equal where nothing was stored, changed or removed.
 *
 * @param without - a table that may change
 */
export async function fingerprint(client: Client, without = ''): Promise<string> {
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> $1 ORDER BY 1`,
    [without],
  );
  const parts = tables.map(
    ({ name }) => `SELECT '${name.replaceAll("'", "''")}' AS name, count(*) AS rows,
      md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS content FROM ${name} t`,
  );
  if (parts.length === 0) return 'no tables';
  const { rows } = await client.query(parts.join(' UNION ALL '));
  return JSON.stringify(rows);
}

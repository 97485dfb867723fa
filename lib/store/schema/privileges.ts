import type { DataSource } from 'typeorm';
import { isReadOnly } from '../../common/pg-errors.js';
import { MissingPrivilegeError } from '../../errors/missing-privilege.error.js';
import { ReadOnlyDatabaseError } from '../../errors/read-only-database.error.js';
import type { Tables } from '../connection/tables.js';

const INSUFFICIENT_PRIVILEGE = '42501';

/** Does the work of the start. Where PostgreSQL refuses it, the error says what to do: which SQL gives the rights. */
export async function explainRefusal(
  dataSource: DataSource,
  name: string,
  tables: Tables,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isReadOnly(error)) throw new ReadOnlyDatabaseError({ cause: error });
    if ((error as { code?: unknown }).code !== INSUFFICIENT_PRIVILEGE) throw error;
    const { role, exists, creates, installed } = await rightsOf(dataSource, tables);
    const schema = tables.quotedSchema;
    let grant = `GRANT USAGE, CREATE ON SCHEMA ${schema} TO ${role};`;
    if (!exists) grant = `CREATE SCHEMA ${schema} AUTHORIZATION ${role};`;
    else if (creates || installed)
      grant = `GRANT USAGE ON SCHEMA ${schema} TO ${role}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}; GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role};`;
    throw new MissingPrivilegeError(
      `The role ${role} of data source '${name}' may not do what nestjs-queue-job needs in schema ${schema}: ${(error as Error).message}. Have the owner of the schema or an administrator run: ${grant}`,
      { cause: error },
    );
  }
}

interface Rights {
  /** As an identifier in SQL. */
  readonly role: string;
  /** Whether the schema is there, whether the role may create tables in it, and whether ours are there. */
  readonly exists: boolean;
  readonly creates: boolean;
  readonly installed: boolean;
}

/** By the catalogue alone, which everybody may read. */
async function rightsOf(dataSource: DataSource, { schema, prefix }: Tables): Promise<Rights> {
  const [row] = (await dataSource.query(
    `SELECT quote_ident(current_user) AS role, n.oid IS NOT NULL AS exists,
       coalesce(has_schema_privilege(n.oid, 'CREATE'), false) AS creates,
       EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = $2) AS installed
     FROM (SELECT $1::text AS name) given LEFT JOIN pg_namespace n ON n.nspname = given.name`,
    [schema, `${prefix}queue_job_meta`],
  )) as Rights[];
  return row as Rights;
}

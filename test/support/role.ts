import { Client } from 'pg';

/** What a URL and a shell would take for something else, as generated passwords have it. */
const PASSWORD = `p@ss:w/o?r#d %2F&='"$x`;

/**
 * A role as an application should have: neither superuser nor owner of the database, and with the right to create tables
 * in its schema alone.
 *
 * @param admin - a connection string that may create roles
 * @returns the same, as that role
 */
export async function createRole(admin: string, name: string): Promise<string> {
  await onServer(admin, async (client) => {
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD ${client.escapeLiteral(PASSWORD)}`);
  });
  return asRole(admin, name);
}

export async function dropRole(admin: string, name: string): Promise<void> {
  await onServer(admin, async (client) => void (await client.query(`DROP ROLE IF EXISTS ${name}`)));
}

/** Lets the role of `url` create tables in the schema `public` of the database that `admin` names. */
export async function allowTables(admin: string, url: string): Promise<void> {
  await onServer(admin, async (client) => {
    await client.query(`GRANT CREATE ON SCHEMA public TO ${new URL(url).username}`);
  });
}

export async function onServer<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function asRole(admin: string, name: string): string {
  const url = new URL(admin);
  url.username = name;
  url.password = encodeURIComponent(PASSWORD);
  return url.href;
}

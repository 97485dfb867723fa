import { type Connection, destroy } from './connection.js';

/** Transactions that are held open at once, to have a pooler run out of sessions that are free. */
const HOLDERS = 3;

/**
 * Whether a pooler lends a session for one transaction at a time, as PgBouncer does in transaction mode. Then a session
 * can hold no lock and hear no notification, and what is set in it reaches other clients.
 *
 * The backend's number shows whether there is a pooler at all: that tells a number of its own to its clients. If so, the
 * session of one client is given to another one in transaction mode, and never in session mode. Sets nothing anywhere.
 */
export async function sharesSessions(open: () => Promise<Connection>): Promise<boolean> {
  const first = await open();
  const opened = [first];
  try {
    if (first.direct) return false;
    const own = await backendOf(first);
    for (let holder = 0; holder < HOLDERS; holder += 1) {
      const other = await open();
      opened.push(other);
      // In a transaction, so that the pooler can't give this session to anybody meanwhile.
      await other.client.query('BEGIN');
      if ((await backendOf(other)) === own || (await backendOf(first)) !== own) return true;
    }
    return false;
  } finally {
    for (const { client } of opened.slice(1)) await client.query('ROLLBACK').catch(() => undefined);
    for (const { client } of opened) destroy(client);
  }
}

async function backendOf({ client }: Connection): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

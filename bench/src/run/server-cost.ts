import { readdir, readFile } from 'node:fs/promises';
import type { Databases } from './databases.ts';

/** What the server has done since it was started. */
export interface ServerCost {
  /** Seconds of a core over all of its processes; NaN where they can't be looked at: another machine, or not Linux. */
  readonly cpu: number;
  /** Transactions of the database. */
  readonly transactions: number;
}

/** Of `/proc/<pid>/stat`, in hundredths of a second: its own time, and that of its children that have ended. */
const TICKS_A_SECOND = 100;

/** What PostgreSQL has done for a database, and for all databases its CPU: only one of them may be at work. */
export async function serverCost(databases: Databases, url: string): Promise<ServerCost> {
  const database = new URL(url).pathname.slice(1);
  return databases.admin(async (query) => {
    const [row] = await query(
      `SELECT pg_backend_pid() AS pid, inet_client_addr() IS NULL OR inet_client_addr() <<= '127.0.0.0/8' OR inet_client_addr() = '::1' AS here,
         (SELECT (xact_commit + xact_rollback)::float8 FROM pg_stat_database WHERE datname = $1) AS transactions`,
      [database],
    );
    const cpu = row?.['here'] === true ? await cpuOfServer(row['pid'] as number).catch(() => NaN) : NaN;
    return { cpu, transactions: row?.['transactions'] as number };
  });
}

async function cpuOfServer(backend: number): Promise<number> {
  const { parent } = await statOf(backend);
  const postmaster = await statOf(parent);
  let ticks = postmaster.own + postmaster.ended;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)) {
    const stat = await statOf(pid).catch(() => null);
    if (stat?.parent === parent) ticks += stat.own;
  }
  return ticks / TICKS_A_SECOND;
}

async function statOf(pid: number): Promise<{ parent: number; own: number; ended: number }> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may contain anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (index: number): number => Number(fields[index]);
  return { parent: at(1), own: at(11) + at(12), ended: at(13) + at(14) };
}

import { EmbeddedPostgres } from '../../../sample/src/embedded-postgres.ts';

/** What the measured server has beside PostgreSQL's defaults, which include `fsync` and `synchronous_commit`. */
const SETTINGS = {
  // Idle costs are counted by it. It is there for all systems alike.
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'top',
  // Four workers with 25 connections each, or a fleet of 48 nodes with some each, and those that look on.
  max_connections: '600',
};

export interface Server {
  readonly url: string;
  readonly embedded: boolean;
  stop(): Promise<void>;
}

/** The server that `DATABASE_URL` names, or PostgreSQL from npm, as the sample has it. */
export async function startServer(extra: Record<string, string>): Promise<Server> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '')
    return { url: given, embedded: false, stop: () => Promise.resolve() };
  const server = await EmbeddedPostgres.start({ settings: { ...SETTINGS, ...extra } });
  return { url: server.url, embedded: true, stop: () => server.stop() };
}

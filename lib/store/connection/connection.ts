import type pg from 'pg';
import { CONNECT_TIMEOUT_MS, type ConnectionOptions } from './connection-options.js';

/** A statement with its values, as the driver gets it. */
export type QueryConfig = pg.QueryConfig & { types: pg.CustomTypesConfig; rowMode?: 'array' };

/** Sends one statement on a connection. */
export type Send = <R>(config: QueryConfig) => Promise<{ rows: R[] }>;

/** One open connection of the library. */
export interface Connection {
  readonly client: pg.Client;
  /** Whether the server itself is at its other end, and not a pooler: then a setting of the session stays here. */
  readonly direct: boolean;
  /** When it began to be opened, and when it was ready, by the monotonic clock, in milliseconds. */
  readonly beganAt: number;
  readonly openedAt: number;
}

/**
 * What a session needs to be ready for our statements, in one round trip: dates in the one form that the driver reads,
 * whatever the role or the database has, and, if nobody else gets the session, no time limits that were set for the
 * application's statements. The parameter is the backend's number as the server told it at the start; a pooler tells one
 * that it made up.
 */
const READY_TEXT = `
  SELECT pg_backend_pid() = $1 AS direct,
    CASE WHEN current_setting('DateStyle') NOT LIKE 'ISO%' THEN set_config('DateStyle', 'ISO, MDY', false) END,
    CASE WHEN pg_backend_pid() = $1 THEN set_config('statement_timeout', '0', false) END,
    CASE WHEN pg_backend_pid() = $1 THEN set_config('lock_timeout', '0', false) END`;

/** Connects, and makes the session ready. The client is closed where that fails or takes too long. */
export async function openConnection(client: pg.Client, options: ConnectionOptions): Promise<Connection> {
  const { onConnect, connectionTimeoutMillis = CONNECT_TIMEOUT_MS } = options;
  // A connection that breaks is replaced, and what was asked on it rejects; without a listener the process would end.
  client.on('error', () => undefined);
  const beganAt = performance.now();
  const ready = async (): Promise<Connection> => {
    await client.connect();
    await onConnect?.(client);
    const { rows } = await client.query<{ direct: boolean }>(READY_TEXT, [processIdOf(client)]);
    return { client, direct: rows[0]?.direct === true, beganAt, openedAt: performance.now() };
  };
  let timer: NodeJS.Timeout | undefined;
  // The driver leaves `connect()` unsettled forever where the client is closed meanwhile, so closing it is not enough.
  const late = new Promise<never>((_, reject) => {
    // After a long computation the answer may be there, but not yet read: let the sockets be read first.
    const give = (): unknown => setImmediate(() => reject(notReady(connectionTimeoutMillis)));
    timer = setTimeout(give, connectionTimeoutMillis);
  });
  try {
    return await Promise.race([ready(), late]);
  } catch (error) {
    destroy(client);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const notReady = (milliseconds: number): Error =>
  Object.assign(new Error(`A new connection to PostgreSQL was not ready after ${milliseconds} ms`), {
    code: 'ETIMEDOUT',
  });

/** The number of the backend, as the server or a pooler told it; 0 where the driver doesn't say. */
export function processIdOf(client: pg.Client): number {
  const { processID } = client as { processID?: unknown };
  return typeof processID === 'number' ? processID : 0;
}

/** Closes without waiting for anybody: a silent peer would never answer. */
export function destroy(client: pg.Client): void {
  const { connection } = client as { connection?: { stream?: { destroy?: () => void } } };
  client.end().catch(() => undefined);
  connection?.stream?.destroy?.();
}

/** Bytes that came in, to see whether an answer is on its way. */
export function bytesReadOf(client: pg.Client): number {
  const { connection } = client as { connection?: { stream?: { bytesRead?: number } } };
  return connection?.stream?.bytesRead ?? 0;
}

/** Bytes that went out, and are no longer in our own buffers. */
export function bytesSentOf(client: pg.Client): number {
  const { connection } = client as {
    connection?: { stream?: { bytesWritten?: number; writableLength?: number } };
  };
  return (connection?.stream?.bytesWritten ?? 0) - (connection?.stream?.writableLength ?? 0);
}

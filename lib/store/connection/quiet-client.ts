import { openly, type Quietly } from '../../common/quietly.js';
import type { Connection } from './connection.js';

/** Sends every statement of a connection by `quietly`. */
export function quieten(connection: Connection, quietly: Quietly): Connection {
  if (quietly === openly) return connection;
  const { client } = connection;
  const query = client.query.bind(client) as (...asked: unknown[]) => unknown;
  client.query = ((...asked: unknown[]) => quietly(() => query(...asked))) as typeof client.query;
  return connection;
}

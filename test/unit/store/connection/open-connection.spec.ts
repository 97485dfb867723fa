import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { isConnectionLost } from '../../../../lib/common/pg-errors.js';
import { openConnection } from '../../../../lib/store/connection/connection.js';
import { ConnectionPool } from '../../../../lib/store/connection/connection-pool.js';
import { SilenceWatch } from '../../../../lib/store/connection/silence-watch.js';

describe('a connection that is being opened', () => {
  let server: Server;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    // Takes connections and never says a word, as a network does that drops packets behind a load balancer.
    server = createServer((socket) => sockets.add(socket.on('error', () => undefined))).listen(0);
    await new Promise((resolve) => server.once('listening', resolve));
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  const open = async (settings: object = {}) => {
    const { port } = server.address() as AddressInfo;
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'u', database: 'd', ...settings });
    return openConnection(client, { connectionTimeoutMillis: 100 });
  };

  it('is given up where the server says nothing, as a connection that was lost', async () => {
    const error: unknown = await open().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'ETIMEDOUT',
      message: 'A new connection to PostgreSQL was not ready after 100 ms',
    });
    expect(isConnectionLost(error)).toBe(true);
  });

  it('is given up by the driver’s own limit, as a connection that was lost', async () => {
    const error: unknown = await open({ connectionTimeoutMillis: 50 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'timeout expired' });
    expect(isConnectionLost(error)).toBe(true);
  });

  it('leaves its place in the pool to others, and is not waited for by the end of the pool', async () => {
    const settings = { max: 1, idleMs: 0, lifetimeMs: Infinity };
    const pool = new ConnectionPool(open, new SilenceWatch(open, () => undefined), settings);
    const uses = [1, 2].map(async () => pool.use(async () => Promise.resolve('used')));
    const results = await Promise.allSettled(uses);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await pool.close();
  });
});

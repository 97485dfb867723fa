import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// `.ts`, because Jest loads its global setup without the module mapping that the tests have.
import startServer from '../support/global-setup.ts';

declare global {
  // What Jest's global teardown can see of its global setup.
  var testPooler: { readonly process: ChildProcess; readonly folder: string } | undefined;
}

/** PostgreSQL as ever, and PgBouncer in transaction mode before it. */
export default async function setup(): Promise<void> {
  await startServer();
  const server = new URL(process.env['TEST_SERVER_URL'] as string);
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
  // It refuses to run as root, and nobody has to read this.
  await chmod(folder, 0o755);
  const file = join(folder, 'pgbouncer.ini');
  await writeFile(file, configOf(server, port));
  const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const pooler = spawn('pgbouncer', [file], { stdio: ['ignore', 'ignore', 'inherit'], ...asNobody });
  globalThis.testPooler = { process: pooler, folder };
  await listening(port, pooler);
  process.env['TEST_POOLER_URL'] = `postgres://127.0.0.1:${port}`;
}

/** Few connections to each database, so that clients do share them. */
const configOf = (server: URL, port: number): string => `
[databases]
* = host=${server.hostname} port=${server.port || 5432} user=${server.username} password='${decodeURIComponent(server.password).replaceAll("'", "''")}'

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 15
max_client_conn = 1000
server_idle_timeout = 5
server_round_robin = 1
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
log_pooler_errors = 0
verbose = 0
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port: number, pooler: ChildProcess): Promise<void> {
  for (;;) {
    if (pooler.exitCode !== null) throw new Error(`PgBouncer ended with ${pooler.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await new Promise((again) => setTimeout(again, 20));
    } finally {
      socket.destroy();
    }
  }
}

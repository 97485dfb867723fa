import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

/** A server of its own for one measure. Each write is synced before it is answered, as PostgreSQL's commits are. */
export class RedisServer {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'bench-redis-'));
    const port = await freePort();
    // https://redis.io/docs/latest/operate/oss_and_stack/management/persistence: the durability of a PostgreSQL commit.
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
    // https://docs.bullmq.io/guide/going-to-production: jobs must not be evicted.
    const settings = ['--maxmemory-policy', 'noeviction', '--bind', '127.0.0.1', '--dir', folder];
    const server = spawn('redis-server', ['--port', String(port), ...durable, ...settings], {
      stdio: 'ignore',
    });
    await untilOpen(port);
    return new RedisServer(`redis://127.0.0.1:${port}`, server, folder);
  }

  async stop(): Promise<void> {
    const exited = once(this.process, 'exit');
    this.process.kill();
    await exited;
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function untilOpen(port: number): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return;
    await sleep(25);
  }
  throw new Error('redis-server did not start.');
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
// `.ts`, because the tests' global setup loads this file without Jest's module mapping.
import {
  dataOf,
  findBinaries,
  homeOf,
  initialise,
  logOf,
  prepareHome,
  serverAccount,
  serverEnvironment,
  urlOf,
  type Account,
} from './embedded-postgres-home.ts';

export interface EmbeddedPostgresOptions {
  /** Keeps the data between starts. Without it they go to a temporary folder that ends with the server. */
  folder?: string;
  /** Server settings, as in postgresql.conf. */
  settings?: Record<string, string>;
}

const START_TIMEOUT_MS = 60_000;
const PREDECESSOR_TIMEOUT_MS = 5_000;
const POLL_MS = 25;

/**
 * Becomes the server by `exec` and leaves a guard behind, which reads from a pipe that only ends when this process
 * does. So the server stops (and its temporary folder goes) however this process dies, without signal handlers that
 * would race an application that is closing. The guard is forked twice, or the server would reap it as its own child.
 */
const GUARDED_EXEC = `
  leftover=$1; shift
  ( (
    read -r line <&3
    kill -INT $$ || exit
    while kill -0 $$; do sleep 1; done
    if [ -n "$leftover" ]; then rm -rf "$leftover"; fi
  ) >/dev/null 2>&1 & )
  exec "$@" 3<&-`;

/** A PostgreSQL server of its own, from npm's binaries, that ends with this process. Linux and macOS. */
export class EmbeddedPostgres {
  private server: ChildProcess | undefined;

  private constructor(
    /** A connection string of the superuser, to the database `postgres`. */
    readonly url: string,
    private readonly home: string,
    private readonly temporary: boolean,
    private readonly account: Account | undefined,
    private readonly command: string[],
  ) {}

  static async start({ folder, settings = {} }: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
    const account = serverAccount();
    const binaries = await findBinaries(account);
    const home = await prepareHome(folder, account);
    const temporary = folder === undefined;
    await waitForPredecessor(home);
    if (!existsSync(dataOf(home))) {
      await initialise(home, binaries, account, temporary);
    }
    await writeFile(logOf(home), '');

    const port = await freePort();
    const all = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      port: String(port),
      ...settings,
    };
    const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const command = [join(binaries, 'postgres'), '-D', dataOf(home), ...flags];
    const postgres = new EmbeddedPostgres(await urlOf(home, port), home, temporary, account, command);
    await postgres.launch();
    return postgres;
  }

  /** The URL of the server that another process runs on `folder`, if one answers there. */
  static async find(folder: string): Promise<string | undefined> {
    return findServer(homeOf(folder, serverAccount()));
  }

  /** Ends all connections and stops the server. */
  async stop(): Promise<void> {
    await this.end('SIGINT');
    if (this.temporary) {
      await rm(this.home, { recursive: true, force: true });
    }
  }

  /** The server crashes (PostgreSQL's immediate shutdown) and comes back on the same port, recovering from its log. */
  async restartImmediate(): Promise<void> {
    await this.end('SIGQUIT');
    await this.launch();
  }

  private async launch(): Promise<void> {
    const log = await open(logOf(this.home), 'a');
    const leftover = this.temporary ? this.home : '';
    const server = spawn('/bin/sh', ['-c', GUARDED_EXEC, 'sh', leftover, ...this.command], {
      ...this.account,
      cwd: '/',
      env: serverEnvironment(),
      // A session of its own: Ctrl+C in a terminal is for the application, which still needs the server to close.
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'pipe'],
    });
    await log.close();
    server.unref();
    guardPipe(server).unref();
    this.server = server;
    await this.untilReady(server);
  }

  private async untilReady(server: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await answers(this.url))) {
      if (server.exitCode !== null || server.signalCode !== null || Date.now() > deadline) {
        const log = await readFile(logOf(this.home), 'utf8');
        await this.stop();
        throw new Error(`PostgreSQL did not start:\n${log.slice(-4_000)}`);
      }
      await sleep(POLL_MS);
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { server } = this;
    if (!server) {
      return;
    }
    this.server = undefined;
    if (server.exitCode === null && server.signalCode === null) {
      server.ref();
      const exited = once(server, 'exit');
      server.kill(signal);
      await exited;
    }
    guardPipe(server).destroy();
  }
}

const guardPipe = (server: ChildProcess): Socket => server.stdio[3] as Socket;

/**
 * PostgreSQL clears a stale postmaster.pid itself, unless its process number has gone to another process since. A server
 * whose application was just killed is still stopping.
 */
async function waitForPredecessor(home: string): Promise<void> {
  const deadline = Date.now() + PREDECESSOR_TIMEOUT_MS;
  for (;;) {
    const [pid] = await readPidFile(home);
    if (!pid || !isAlive(Number(pid))) {
      return;
    }
    if (Date.now() > deadline) {
      break;
    }
    await sleep(POLL_MS);
  }
  if (await findServer(home)) {
    throw new Error(`A PostgreSQL server runs on ${home} already: stop the process that started it.`);
  }
  await rm(join(dataOf(home), 'postmaster.pid'), { force: true });
}

async function findServer(home: string): Promise<string | undefined> {
  const port = (await readPidFile(home))[3];
  const url = port === undefined ? undefined : await urlOf(home, port);
  return url !== undefined && (await answers(url)) ? url : undefined;
}

async function readPidFile(home: string): Promise<string[]> {
  const text = await readFile(join(dataOf(home), 'postmaster.pid'), 'utf8').catch(() => '');
  return text.split('\n');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
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

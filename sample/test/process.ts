import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const DIST = join(import.meta.dirname, '../dist');

/** A process of the built sample, with all that it has printed. */
export class SampleProcess {
  output = '';

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  static start(file: 'main.js' | 'worker.js', environment: NodeJS.ProcessEnv): SampleProcess {
    const { DATABASE_URL: _, ...inherited } = process.env;
    const child = spawn(process.execPath, [join(DIST, file)], {
      env: { ...inherited, NODE_OPTIONS: '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new SampleProcess(child);
  }

  async printed(text: string): Promise<void> {
    await eventually(`"${text}" is printed`, () => {
      if (this.child.exitCode !== null) throw new Error(`It has ended, after:\n${this.output}`);
      return this.output.includes(text);
    });
  }

  async ended(): Promise<number | NodeJS.Signals | null> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode ?? child.signalCode;
  }

  async terminate(): Promise<number | NodeJS.Signals | null> {
    this.child.kill('SIGTERM');
    return this.ended();
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

type Awaitable<T> = T | Promise<T>;

/** Asks again until the answer is something. */
export async function eventually<T>(
  what: string,
  ask: () => Awaitable<T | false>,
  timeout = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`It took too long until ${what}`);
    await sleep(25);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The command lines of processes that have a text in theirs, but for this one's. */
export function processesWith(text: string): string[] {
  const lines = execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(text));
}

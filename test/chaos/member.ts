import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ProcessSettings } from './process/settings.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** What a process last complained of is kept: so many pieces. */
const LAST = 10;

/** One process of the campaign, with the network between it and PostgreSQL. */
export class Member {
  /** When it ended, by the system's clock; undefined while it lives. */
  endedAt: number | undefined;
  /** It is at work. */
  started = false;
  /** Nobody else does anything to it meanwhile. */
  busy = false;
  readonly exited: Promise<void>;

  private constructor(
    readonly settings: ProcessSettings,
    readonly child: ChildProcess,
    readonly proxy: TcpProxy,
    readonly complaints: string[],
  ) {
    this.exited = this.end();
  }

  static async start(given: Omit<ProcessSettings, 'url'>): Promise<Member> {
    const proxy = await TcpProxy.start(given.directUrl);
    const settings: ProcessSettings = { ...given, url: proxy.through(given.directUrl) };
    const child = fork(join(import.meta.dirname, 'process/node.js'), {
      env: { ...process.env, CHAOS_PROCESS: JSON.stringify(settings), NODE_OPTIONS: '' },
      stdio: ['ignore', process.env['CHAOS_LOG'] === undefined ? 'ignore' : 'inherit', 'pipe', 'ipc'],
    });
    const complaints: string[] = [];
    child.stderr?.on('data', (data: Buffer) => {
      complaints.push(data.toString());
      complaints.splice(0, complaints.length - LAST);
    });
    return new Member(settings, child, proxy, complaints);
  }

  get index(): number {
    return this.settings.index;
  }

  get isWorker(): boolean {
    return this.settings.runner !== false;
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** False where it ended before. */
  async ready(): Promise<boolean> {
    this.started = await this.heard('ready');
    return this.started;
  }

  /** It makes no more calls, and those under way have ended. */
  async quiet(): Promise<boolean> {
    const answer = this.heard('quiet');
    this.child.send({ calls: false });
    return answer;
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  private async end(): Promise<void> {
    await once(this.child, 'exit');
    this.endedAt = Date.now();
    await this.proxy.close();
  }

  private async heard(what: string): Promise<boolean> {
    return new Promise((resolve) => {
      const listen = (message: Record<string, unknown>): void => {
        if (message[what] !== true) return;
        this.child.off('message', listen);
        resolve(true);
      };
      this.child.on('message', listen);
      void this.exited.then(() => resolve(false));
    });
  }
}

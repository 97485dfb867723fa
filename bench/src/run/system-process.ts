import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Role } from '../systems/system.ts';
import type { Participant } from './participant.ts';
import type { Asked, Message, Question } from './protocol.ts';

/** What a process gets to close, in milliseconds. */
const CLOSE_MS = 20_000;

const CHILD = fileURLToPath(new URL('child.js', import.meta.url));

/** One process of a system. */
export class SystemProcess {
  /** Jobs that have run there. */
  ran = 0;
  private nextId = 1;
  private readonly asked = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  private readonly listeners = new Set<() => void>();

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {
    child.on('message', (message: Message) => this.hear(message));
    child.on('exit', (code, signal) => {
      for (const waiting of this.asked.values())
        waiting.reject(new Error(`The process of ${name} ended (${code ?? signal})`));
      this.asked.clear();
    });
  }

  /** A process that begins to load the system. */
  static start(system: string, execArgv: readonly string[]): SystemProcess {
    // Without source maps, which Node.js would read for every module of every system: a fifth of the time to load it.
    return new SystemProcess(
      system,
      fork(CHILD, [system], {
        execArgv: [...execArgv],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: { ...process.env, NODE_ENV: 'production' },
      }),
    );
  }

  /** Resolves once the system's modules are there. */
  async loaded(): Promise<void> {
    await this.send('loaded', []);
  }

  /** Resolves once it is connected. */
  async open(role: Role): Promise<void> {
    await this.send('open', [{ role }]);
  }

  call<M extends Asked>(
    method: M,
    ...args: Parameters<Participant[M]>
  ): Promise<Awaited<ReturnType<Participant[M]>>> {
    return this.send(method, args) as Promise<Awaited<ReturnType<Participant[M]>>>;
  }

  /** Calls `listener` whenever jobs have run, until the returned function is called. */
  onRan(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Closes what it has open, and ends it; one that can't close is killed. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), CLOSE_MS);
    await this.call('close').catch(() => undefined);
    if (this.child.connected) this.child.disconnect();
    await exited;
    clearTimeout(timer);
  }

  /** Ends it at once: its connections end with it. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  private send(method: Question['method'], args: readonly unknown[]): Promise<unknown> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.asked.set(id, { resolve, reject });
      this.child.send({ id, method, args } satisfies Question, (error) => {
        if (error !== null) reject(error);
      });
    });
  }

  private hear(message: Message): void {
    if (message.kind === 'ran') {
      this.ran = message.ran;
      for (const listener of this.listeners) listener();
      return;
    }
    const waiting = this.asked.get(message.id);
    this.asked.delete(message.id);
    if (message.kind === 'answer') waiting?.resolve(message.result);
    else waiting?.reject(new Error(`${this.name}: ${message.error}`));
  }
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { QueueJobModuleOptions } from '../../lib/index.js';
import { connectionFields } from './connection-fields.js';
import { throughPooler, withoutSession } from './pooler.js';

/** A try of `Recorder.work`, by the clock of the system. */
export interface RecordedRun {
  readonly kind: 'run';
  readonly uuid: string;
  readonly channel: string;
  readonly retry: number;
  readonly seq: number;
  readonly priority: number;
  readonly start: number;
  readonly end: number;
}

interface RecordedEvent {
  readonly kind: 'start' | 'aborted' | 'run' | 'called' | 'newest';
  readonly uuid: string;
  readonly start?: number;
  readonly reason?: string;
  readonly value?: number;
}

/** A process that runs jobs; see test/fixtures/cluster-node.ts. */
export class ClusterNode {
  readonly events: (RecordedEvent | RecordedRun)[] = [];
  private readonly answers = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  private nextId = 1;

  private constructor(readonly process: ChildProcess) {
    process.on(
      'message',
      (message: { events?: RecordedEvent[]; id?: number; result?: unknown; error?: string }) => {
        if (message.events !== undefined) this.events.push(...message.events);
        if (message.id === undefined) return;
        const answer = this.answers.get(message.id);
        this.answers.delete(message.id);
        if (message.error === undefined) answer?.resolve(message.result);
        else answer?.reject(new Error(message.error));
      },
    );
  }

  /**
   * @param dataSource - goes over the options of the data source, by JSON
   * @param passwordFile - the password is read from there for each connection
   */
  static async start(
    url: string,
    options: QueueJobModuleOptions = {},
    { passwordFile, ...dataSource }: { passwordFile?: string; [option: string]: unknown } = {},
  ): Promise<ClusterNode> {
    const file = join(import.meta.dirname, '../fixtures/dist/cluster-node.js');
    const child = fork(file, {
      env: {
        ...process.env,
        CLUSTER_NODE: JSON.stringify({
          connection: { ...connectionFields(throughPooler(url)), ...dataSource },
          passwordFile,
          options: withoutSession(options),
        }),
        NODE_OPTIONS: '',
      },
    });
    const node = new ClusterNode(child);
    const ready = new Promise<void>((resolve, reject) => {
      child.on('message', (message: { ready?: boolean }) => {
        if (message.ready === true) resolve();
      });
      child.once('exit', (code) =>
        reject(new Error(`A cluster node ended with ${code} before it was ready`)),
      );
    });
    await ready;
    return node;
  }

  get runs(): RecordedRun[] {
    return this.events.filter((event): event is RecordedRun => event.kind === 'run');
  }

  async ask(
    command: 'stop' | 'close' | 'nodeId' | 'sameKey' | 'callNowAndThen' | 'callNewest',
    ...args: unknown[]
  ): Promise<unknown> {
    const id = this.nextId++;
    const answer = new Promise((resolve, reject) => this.answers.set(id, { resolve, reject }));
    this.process.send({ id, command, args });
    return answer;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.kill(signal);
    if (signal === 'SIGKILL') await exited;
  }

  async close(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'exit');
    await this.ask('close');
    await exited;
  }
}

/** The most runs that overlapped under a channel. */
export function peakUnder(channel: string, runs: readonly RecordedRun[]): number {
  const steps = runs
    .filter((run) => run.channel === channel || run.channel.startsWith(`${channel}.`))
    .flatMap(({ start, end }) => [
      { at: start, by: 1 },
      { at: end, by: -1 },
    ])
    .toSorted((a, b) => a.at - b.at || a.by - b.by);
  let now = 0;
  let peak = 0;
  for (const { by } of steps) {
    now += by;
    peak = Math.max(peak, now);
  }
  return peak;
}

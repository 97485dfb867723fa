import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { throughPooler, withoutSession } from './pooler.js';

/** A process that serves a schedule of every second; see test/fixtures/schedule-node.ts. */
export class ScheduleNode {
  private constructor(private readonly process: ChildProcess) {}

  /** @param clock - how wrong its clock is, in milliseconds */
  static async start(url: string, clock = 0): Promise<ScheduleNode> {
    const settings = { url: throughPooler(url), options: withoutSession({}), clock };
    const child = fork(join(import.meta.dirname, '../fixtures/dist/schedule-node.js'), {
      env: { ...process.env, SCHEDULE_NODE: JSON.stringify(settings), NODE_OPTIONS: '' },
    });
    await once(child, 'message');
    return new ScheduleNode(child);
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.process.kill(signal);
  }

  async kill(): Promise<void> {
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }

  async close(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGCONT');
    this.process.send('close');
    await exited;
  }
}

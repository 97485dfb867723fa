import { setTimeout as sleep } from 'node:timers/promises';

/** How late the jobs of schedules began, in milliseconds. */
export class TickLog {
  private readonly late: number[] = [];

  /** @param tick - when the job was to begin, in milliseconds since 1970 */
  note(tick: number): void {
    this.late.push(Date.now() - tick);
  }

  /** Resolves once so many have begun. */
  async first(count: number): Promise<number[]> {
    while (this.late.length < count) await sleep(50);
    return this.late.slice(0, count);
  }
}

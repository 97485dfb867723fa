import type { LogLine, Progress, ProgressStore } from '../store/progress-store.js';

/** Lines that are kept while the database is away. */
const MAX_LINES = 10_000;

/** Gathers what running jobs tell of themselves, so that a line or a step costs no round trip of its own. */
export class Reporter {
  private lines: LogLine[] = [];
  private progress = new Map<string, Progress>();

  constructor(private readonly store: ProgressStore) {}

  log(line: LogLine): void {
    if (this.lines.length < MAX_LINES) this.lines.push(line);
  }

  step(progress: Progress): void {
    this.progress.set(progress.uuid, progress);
  }

  get pending(): boolean {
    return this.lines.length > 0 || this.progress.size > 0;
  }

  async flush(node: number): Promise<void> {
    if (!this.pending) return;
    const { lines, progress } = this;
    this.lines = [];
    this.progress = new Map();
    try {
      await this.store.write(node, lines, [...progress.values()]);
    } catch (error) {
      this.lines = [...lines, ...this.lines].slice(0, MAX_LINES);
      for (const [uuid, step] of progress) if (!this.progress.has(uuid)) this.progress.set(uuid, step);
      throw error;
    }
  }
}

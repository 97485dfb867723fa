import { isDataError } from '../../common/pg-errors.js';
import type { LogLine, Progress, ProgressStore } from '../../store/jobs/progress-store.js';

/** Lines that are kept while the database is away, with their data: characters in all. */
const MAX_LINES = 10_000;
const MAX_CHARACTERS = 32_000_000;
/** Lines that one statement writes. */
const BATCH = 500;

/** Gathers what running jobs tell of themselves, so that a line or a step costs no round trip of its own. */
export class ProgressBuffer {
  private lines: LogLine[] = [];
  private characters = 0;
  private progress = new Map<string, Progress>();

  constructor(private readonly store: ProgressStore) {}

  log(line: LogLine): void {
    const size = line.message.length + (line.data?.length ?? 0);
    if (this.lines.length >= MAX_LINES || this.characters + size > MAX_CHARACTERS) return;
    this.characters += size;
    this.lines.push(line);
  }

  step(progress: Progress): void {
    this.progress.set(progress.uuid, progress);
  }

  get pending(): boolean {
    return this.lines.length > 0 || this.progress.size > 0;
  }

  /** Writes what was told. Rejects where the database is away: it is kept then, and told with the next. */
  async flush(node: number): Promise<void> {
    while (this.pending) {
      const lines = this.lines.splice(0, BATCH);
      const { progress } = this;
      this.progress = new Map();
      try {
        await this.store.write(node, lines, [...progress.values()]);
      } catch (error) {
        // A line that PostgreSQL refuses would be refused forever.
        if (!isDataError(error)) {
          this.lines.unshift(...lines);
          for (const [uuid, step] of progress) if (!this.progress.has(uuid)) this.progress.set(uuid, step);
        }
        throw error;
      }
      for (const { message, data } of lines) this.characters -= message.length + (data?.length ?? 0);
    }
    this.characters = 0;
  }
}

import { batch, signal } from '@preact/signals';
import type { LogLine, LogPage } from '../../../api/jobs.api.js';
import { ProblemError } from '../../app/problem-error.js';

/** Lines that are drawn, or left out, together. */
const CHUNK = 100;
/** Lines that the page holds; of a longer log, the last ones. */
const MOST = 10_000;

type Read = (uuid: string, after?: string) => Promise<LogPage>;

/** The log of a job, read on as it grows. */
export class LogTail {
  /** A full one is never touched again, so that it need not be drawn again. */
  readonly chunks = signal<readonly (readonly LogLine[])[]>([]);
  /** Lines at the beginning that are no longer held. */
  readonly dropped = signal(0);
  readonly error = signal<ProblemError | null>(null);
  /** Whether it has been read to its end once. */
  readonly ready = signal(false);
  #last: string | undefined;
  #reading: Promise<void> | null = null;
  #again = false;

  constructor(
    readonly uuid: string,
    private readonly read: Read,
  ) {}

  /** The id of the last line here. */
  get last(): string | null {
    return this.#last ?? null;
  }

  /** Reads what has come since. */
  readOn(): Promise<void> {
    this.#again = this.#reading !== null;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = null;
      if (this.#again) {
        void this.readOn();
      }
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    try {
      for (;;) {
        const { lines, last } = await this.read(this.uuid, this.#last);
        if (lines.length === 0 || last === this.#last) {
          break;
        }
        this.#last = last ?? undefined;
        this.#add(lines);
      }
      batch(() => {
        this.error.value = null;
        this.ready.value = true;
      });
    } catch (error) {
      this.error.value = error instanceof ProblemError ? error : ProblemError.unreachable(error);
    }
  }

  #add(lines: readonly LogLine[]): void {
    const chunks = [...this.chunks.peek()];
    const open = chunks.at(-1);
    const tail = open !== undefined && open.length < CHUNK ? [...(chunks.pop() ?? []), ...lines] : lines;
    for (let at = 0; at < tail.length; at += CHUNK) {
      chunks.push(tail.slice(at, at + CHUNK));
    }
    const over = Math.max(0, chunks.length - MOST / CHUNK);
    batch(() => {
      this.chunks.value = chunks.slice(over);
      this.dropped.value += over * CHUNK;
    });
  }
}

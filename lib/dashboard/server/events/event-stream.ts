import { Readable } from 'node:stream';
import type { Rights } from '../../api/cluster.api.js';

/** What a browser does when the stream ends: it comes again after this many milliseconds. */
const HELLO = 'retry: 2000\n\n';

/**
 * What one page hears. Of each kind only the latest waits to be sent, so a page that reads slowly, or not at all, misses
 * what was in between and holds no memory.
 */
export class EventStream extends Readable {
  private readonly waiting = new Map<string, string>();
  private readonly sent = new Map<string, string>();
  private wanted = false;

  constructor(
    readonly watched: ReadonlySet<string>,
    readonly rights: Rights,
  ) {
    super({ highWaterMark: 1 });
    this.waiting.set('', HELLO);
  }

  /** @param key - what a later event of the same takes the place of; the same data is not sent again, unless it is `fresh` */
  tell(key: string, event: string, data: object, fresh = false): void {
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    if (!fresh && this.sent.get(key) === text) {
      this.waiting.delete(key);
      return;
    }
    this.waiting.set(key, text);
    this.pass();
  }

  /** No more is told; the response ends. */
  end(): void {
    if (!this.readableEnded && !this.destroyed) this.push(null);
  }

  override _read(): void {
    this.wanted = true;
    this.pass();
  }

  private pass(): void {
    if (!this.wanted || this.waiting.size === 0) return;
    this.wanted = false;
    for (const [key, text] of this.waiting) this.sent.set(key, text);
    const text = [...this.waiting.values()].join('');
    this.waiting.clear();
    this.push(Buffer.from(text));
  }
}

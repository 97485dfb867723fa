/** Between two notifications about ends, in milliseconds; what comes meanwhile goes with the next. */
const GAP_MS = 3;

/** So many uuids fit into one notification of 8,000 bytes. */
const MOST_UUIDS = 150;

/**
 * For how long a job counts as awaited after it was announced, in milliseconds, and for how many this process remembers
 * that: of more, the oldest are forgotten, and found by those who wait when they poll.
 */
const COUNTS_MS = 60_000;
const MOST_AWAITED = 20_000;

/** So many ends are sent by a process that doesn't hear what the others await. */
const MOST_UNASKED = 100;

/**
 * The ends of jobs for which other processes wait: these announce the uuids, and the process that ends such a job notifies. So a
 * job that nobody waits for costs nothing but a look at an empty map.
 */
export class EndNotices {
  /** Until when each counts, the oldest announcement first, by the monotonic clock. */
  private readonly awaited = new Map<string, number>();
  private awaits = new Set<string>();
  private ended = new Set<string>();
  private flushing: Promise<void> | null = null;
  private nextAt = 0;
  private closed = false;

  /** @param send - sends one notification for each text, in one statement */
  constructor(private readonly send: (texts: readonly string[]) => Promise<unknown>) {}

  /** How many jobs others wait for, as far as this process knows. */
  get size(): number {
    return this.awaited.size;
  }

  /** Another process waits for these jobs. */
  note(uuids: readonly string[]): void {
    const until = performance.now() + COUNTS_MS;
    for (const uuid of uuids) {
      this.awaited.delete(uuid);
      this.awaited.set(uuid, until);
    }
    this.forgetOld();
  }

  /** These jobs have ended, and all have heard of it. */
  forget(uuids: readonly string[]): void {
    for (const uuid of uuids) this.awaited.delete(uuid);
  }

  /** Tells the others that somebody here waits for these jobs; resolves when they have been told, or can't be. */
  async announce(uuids: readonly string[]): Promise<void> {
    for (const uuid of uuids) this.awaits.add(uuid);
    await this.flushSoon();
  }

  /** Notifies those who wait for one of these jobs. */
  tell(uuids: readonly string[]): void {
    if (this.awaited.size === 0) return;
    this.forgetOld();
    const awaited = uuids.filter((uuid) => this.awaited.delete(uuid));
    this.queue(awaited);
  }

  /** The same of a process that may not have heard who waits: it tells of them all, unless they are many. */
  tellUnasked(uuids: readonly string[]): void {
    if (uuids.length <= MOST_UNASKED) this.queue(uuids);
    else this.tell(uuids);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.flushing;
  }

  private queue(uuids: readonly string[]): void {
    if (uuids.length === 0) return;
    for (const uuid of uuids) this.ended.add(uuid);
    void this.flushSoon();
  }

  private forgetOld(): void {
    const now = performance.now();
    for (const [uuid, until] of this.awaited) {
      if (until > now && this.awaited.size <= MOST_AWAITED) return;
      this.awaited.delete(uuid);
    }
  }

  private flushSoon(): Promise<void> {
    if (this.closed) return Promise.resolve();
    return (this.flushing ??= this.flush());
  }

  private async flush(): Promise<void> {
    const wait = this.nextAt - performance.now();
    await new Promise((resolve) => (wait > 0 ? setTimeout(resolve, wait) : setImmediate(resolve)));
    // What comes from here on needs a flush of its own.
    this.flushing = null;
    this.nextAt = performance.now() + GAP_MS;
    const texts = [...textsOf('awaits', this.awaits), ...textsOf('ended', this.ended)];
    this.awaits = new Set();
    this.ended = new Set();
    // Who is not told polls.
    await this.send(texts).catch(() => undefined);
  }
}

function textsOf(what: 'awaits' | 'ended', uuids: ReadonlySet<string>): string[] {
  const all = [...uuids];
  const texts: string[] = [];
  for (let at = 0; at < all.length; at += MOST_UUIDS)
    texts.push(JSON.stringify({ [what]: all.slice(at, at + MOST_UUIDS) }));
  return texts;
}

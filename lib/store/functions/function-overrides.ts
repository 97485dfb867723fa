import type { SecondsPattern } from '../../job/retry-pattern.js';
import type { FunctionOverride, FunctionStore } from './function-store.js';
import type { Notifier } from '../notify/notifier.js';

/** What this process knows may be this old, in milliseconds, where nobody tells it of changes. */
const MAX_AGE_MS = 2_000;
/** After the call that finds it so old, in milliseconds: at once it would take the connection on which that call stores. */
const AFTER_CALL_MS = 50;

/** The job functions that were changed at run time, as this process knows them. */
export class FunctionOverrides {
  private overrides: ReadonlyMap<string, FunctionOverride> = new Map();
  private readAt = -Infinity;
  private reading: Promise<void> | null = null;
  private refreshTimer: NodeJS.Timeout | undefined;
  private readonly subscription: { unsubscribe(): void };

  constructor(
    private readonly functions: FunctionStore,
    notifier: Notifier,
  ) {
    this.subscription = notifier.messages.subscribe((message) => {
      if (message.functions === true) void this.read().catch(() => undefined);
    });
  }

  /** Reads the changes; known ones stay while the database is away. */
  async read(): Promise<void> {
    this.reading ??= this.readNow().finally(() => (this.reading = null));
    await this.reading;
  }

  /** As {@link read}, but what was saved before this call is among them: a read that is under way may have begun earlier. */
  async refresh(): Promise<void> {
    await this.reading?.catch(() => undefined);
    await this.read();
  }

  patternOf(name: string): SecondsPattern | undefined {
    return this.of(name)?.retryPattern ?? undefined;
  }

  channelOf(name: string): string | undefined {
    return this.of(name)?.channel ?? undefined;
  }

  close(): void {
    this.subscription.unsubscribe();
    clearTimeout(this.refreshTimer);
  }

  private async readNow(): Promise<void> {
    this.overrides = await this.functions.list();
    this.readAt = performance.now();
  }

  private of(name: string): FunctionOverride | undefined {
    // A process that doesn't listen finds out by looking periodically, without making the call wait.
    if (performance.now() - this.readAt > MAX_AGE_MS && this.reading === null) {
      this.readAt = performance.now();
      this.refreshTimer = setTimeout(() => void this.read().catch(() => undefined), AFTER_CALL_MS).unref();
    }
    return this.overrides.get(name);
  }
}

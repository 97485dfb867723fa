import { Logger } from '@nestjs/common';

/** As many are named in one line of the log. */
const MAX_NAMES = 5;

/**
 * Tells in the log of delayables that were built and never delayed: a forgotten `delay()` shows nowhere else. Only in
 * development, and only some time later, when the garbage collector finds them.
 */
export class ForgottenDelayables {
  private readonly logger = new Logger('QueueJob');
  private readonly registry: FinalizationRegistry<string> | undefined;
  private found: string[] = [];

  constructor(active = process.env['NODE_ENV'] !== 'production') {
    if (active) this.registry = new FinalizationRegistry((description) => this.note(description));
  }

  watch(delayable: object, description: string): void {
    this.registry?.register(delayable, description, delayable);
  }

  forget(delayable: object): void {
    this.registry?.unregister(delayable);
  }

  /** The members of a graph are found together: one line for all. */
  private note(description: string): void {
    this.found.push(description);
    if (this.found.length === 1) setImmediate(() => this.log());
  }

  private log(): void {
    const { found } = this;
    this.found = [];
    const more = found.length > MAX_NAMES ? `, and ${found.length - MAX_NAMES} more` : '';
    const names = found.slice(0, MAX_NAMES).join(', ') + more;
    this.logger.warn(
      `Built by delayable() and never delayed, so nothing was stored: ${names}. Call delay() on a member of each graph, or delayAll().`,
      { jobs: found },
    );
  }
}

import type { JobStore } from '../../store/jobs/job-store.js';
import type { Notifier } from '../../store/notify/notifier.js';

export interface JobExpirerParts {
  readonly jobs: JobStore;
  readonly notifier: Notifier;
  readonly trouble: (error: unknown) => void;
}

/** Cancels the jobs for which it is too late to begin. */
export class JobExpirer {
  private running = false;

  constructor(private readonly parts: JobExpirerParts) {}

  /** What a heartbeat has found. */
  follow({ expired }: { readonly expired: boolean }): void {
    if (!expired || this.running) return;
    this.running = true;
    void this.expire().finally(() => (this.running = false));
  }

  private async expire(): Promise<void> {
    try {
      const ended = await this.parts.jobs.expire();
      // What comes after them in a sequential channel may begin now.
      if (ended.length > 0) this.parts.notifier.publish({ ready: true, ended });
    } catch (error) {
      this.parts.trouble(error);
    }
  }
}

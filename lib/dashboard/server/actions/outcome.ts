import type { JobState } from '../../../job/job-state.js';
import type { ActionProgress, JobActionName, UnchangedJobs } from '../../api/actions.api.js';

/** Uuids that are named of each reason. */
const NAMED = 20;

/** What has become of the jobs of an action so far. */
export class ActionOutcome {
  seen = 0;
  changed = 0;
  private readonly reasons = new Map<string, { -readonly [K in keyof UnchangedJobs]: UnchangedJobs[K] }>();

  constructor(
    private readonly action: JobActionName,
    readonly total: number,
  ) {}

  add(changed: readonly string[], unchanged: readonly { uuid: string; state: JobState | null }[]): void {
    this.changed += changed.length;
    this.seen += changed.length + unchanged.length;
    for (const { uuid, state } of unchanged) {
      const known = this.reasons.get(String(state)) ?? {
        reason: this.reasonOf(state),
        state,
        count: 0,
        uuids: [],
      };
      known.count += 1;
      if (known.uuids.length < NAMED) known.uuids = [...known.uuids, uuid];
      this.reasons.set(String(state), known);
    }
  }

  progress({ ended, error }: { ended: boolean; error?: string | undefined }): ActionProgress {
    return {
      total: this.total,
      seen: this.seen,
      changed: this.changed,
      unchanged: [...this.reasons.values()],
      ended,
      ...(error === undefined ? {} : { error }),
    };
  }

  private reasonOf(state: JobState | null): UnchangedJobs['reason'] {
    if (state === null) return 'gone';
    if (state === 'enqueued' || state === 'started') return 'running';
    const waits = state === 'pending' || state === 'wait_dependencies';
    return waits && this.action === 'requeue' ? 'waiting' : 'state';
  }
}

import { JobNotFoundError } from '../errors/job-not-found.error.js';
import { JobStateError } from '../errors/job-state.error.js';
import { eventOfJob } from '../job/job-event.js';
import { type JobAction, type JobState, STATES_ALLOWING } from '../job/job-state.js';
import type { Store } from '../store/store.js';
import { notFound } from './job-completions.js';

/** What can be done to many jobs at once. */
export type JobChange = (typeof JOB_CHANGES)[number];

export const JOB_CHANGES = ['requeue', 'cancel', 'setDone', 'delete', 'runNow'] as const;

/** What became of many jobs. */
export interface ChangedJobs {
  /** Uuids. */
  readonly changed: string[];
  /** Those whose state did not allow it, with that state; null where there is no such job. */
  readonly unchanged: { readonly uuid: string; readonly state: JobState | null }[];
}

/** What one statement changes. */
const BATCH = 500;

/**
 * What people do to jobs, one or many: guarded by the state that each has at that moment.
 *
 * @internal
 */
export class JobActions {
  constructor(private readonly store: Store) {}

  /** Changes those that can be changed, and tells which could not. */
  async changeAll(change: JobChange, uuids: readonly string[], by: string): Promise<ChangedJobs> {
    const asked = [...new Set(uuids)];
    const answer: ChangedJobs = { changed: [], unchanged: [] };
    for (let at = 0; at < asked.length; at += BATCH) {
      const batch = asked.slice(at, at + BATCH);
      const { changed, unchanged } = await this.outcome(batch, await this.change(change, batch, by));
      answer.changed.push(...changed);
      answer.unchanged.push(...unchanged);
    }
    return answer;
  }

  /** Of these jobs, with those that were changed, in which state the others are. */
  async outcome(asked: readonly string[], changed: string[]): Promise<ChangedJobs> {
    const known = new Set(changed);
    const others = asked.filter((uuid) => !known.has(uuid));
    const states = others.length === 0 ? new Map() : await this.store.jobs.states(others);
    return { changed, unchanged: others.map((uuid) => ({ uuid, state: states.get(uuid) ?? null })) };
  }

  /** @throws JobNotFoundError, JobStateError */
  async changeOne(change: JobChange, uuid: string, by: string): Promise<void> {
    const { unchanged } = await this.changeAll(change, [uuid], by);
    if (unchanged[0] !== undefined) throw actionError(change, uuid, unchanged[0].state);
  }

  private async change(change: JobChange, uuids: readonly string[], by: string): Promise<string[]> {
    const { jobs, notifier } = this.store;
    if (change === 'requeue') {
      const changed = await jobs.requeue(uuids);
      if (changed.length > 0) notifier.publish({ ready: true });
      return changed;
    }
    if (change === 'runNow') {
      const changed = await jobs.runNow(uuids);
      if (changed.length > 0) notifier.publish({ ready: true });
      return changed;
    }
    if (change === 'cancel') {
      const changed = await jobs.cancel(uuids, by);
      const asked = changed.flatMap(({ uuid, node }) => (node === null ? [] : [uuid]));
      const ended = changed.flatMap(({ uuid, node }) => (node === null ? [uuid] : []));
      if (asked.length > 0) notifier.publish({ cancel: asked });
      if (ended.length > 0) notifier.publish({ ready: true, ended });
      await this.tell('cancelled', ended);
      return changed.map(({ uuid }) => uuid);
    }
    const ended = change === 'setDone' ? await jobs.setDone(uuids, by) : await jobs.delete(uuids);
    if (ended.length > 0) notifier.publish({ ready: true, dueIn: 0, ended });
    if (change === 'setDone') await this.tell('done', ended);
    return ended;
  }

  private async tell(type: 'cancelled' | 'done', uuids: readonly string[]): Promise<void> {
    const { events, jobs } = this.store;
    if (!events.wanted || uuids.length === 0) return;
    const rows = await jobs.find(uuids);
    events.emit(
      rows.map((row) =>
        eventOfJob(type, {
          uuid: row.uuid as string,
          name: row.name as string,
          description: row.description as string,
          channel: row.channel as string,
          tags: (row.tags ?? []) as string[],
          retry: row.retry as number,
          maxRetries: row.max_retries as number,
        }),
      ),
    );
  }
}

/**
 * The error of a job that is in a state which does not allow the action; null: it isn't there.
 *
 * @internal
 */
export function actionError(action: JobAction, uuid: string, state: JobState | null): Error {
  if (state === null) return new JobNotFoundError(notFound(uuid));
  const allowed = STATES_ALLOWING[action].join(', ');
  return new JobStateError(
    `${action} of job ${uuid}: it is ${state}, and ${action} takes jobs that are ${allowed}.`,
  );
}

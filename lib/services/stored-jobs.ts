import { Injectable } from '@nestjs/common';
import { type ActorOptions, checkActor, checkActorOptions, checkUuid } from '../common/call-checks.js';
import { checkObject, checkOneOf, wrongValue } from '../common/option-checks.js';
import { parseEta } from '../job/eta.js';
import { checkIdentityKey } from '../job/identity-key.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';
import type { JobUpdate } from '../job/job-update.js';
import { type AuditedAction, audited } from '../inspect/audited.js';
import { actionError, type ChangedJobs, JOB_CHANGES, type JobChange } from '../inspect/job-actions.js';
import { JobInspection } from './job-inspection.js';

/** What `QueueService` does to stored jobs. */
@Injectable()
export abstract class StoredJobs extends JobInspection {
  /**
   * Gives an identity key free before its time: the window that it has ends, and the job that has it goes on without. The
   * next call with the key stores a job.
   *
   * @returns false if nothing had the key
   * @throws InvalidJobOptionError
   * @example
   * ```ts
   * await queue.releaseKey('digest of customer 42');
   * ```
   */
  async releaseKey(key: string, options: ActorOptions = {}): Promise<boolean> {
    const target = checkIdentityKey('key', key);
    const { store } = this.parts;
    return audited(
      store,
      { action: 'keys.release', target },
      checkActorOptions('releaseKey()', options),
      async () => store.keys.release(target),
    );
  }

  /**
   * Cancels a job that isn't done. A waiting one is `cancelled` at once, and so is what depends on it alone; a running
   * one has its signal aborted, and is `cancelled` when its method ends.
   *
   * @throws JobNotFoundError, JobStateError
   */
  async cancel(uuid: string, options: ActorOptions = {}): Promise<QueueJob> {
    await this.changeOne('cancel', uuid, options);
    return this.must(uuid);
  }

  /**
   * Runs a failed, cancelled or done job again from its first attempt (Odoo's requeue): dates, result, error and eta are
   * cleared.
   *
   * @throws JobNotFoundError, JobStateError
   */
  async requeue(uuid: string, options: ActorOptions = {}): Promise<QueueJob> {
    await this.changeOne('requeue', uuid, options);
    return this.must(uuid);
  }

  /**
   * Makes a job done without running it; what depends on it is released.
   *
   * @throws JobNotFoundError, JobStateError
   */
  async setDone(uuid: string, options: ActorOptions = {}): Promise<QueueJob> {
    await this.changeOne('setDone', uuid, options);
    return this.must(uuid);
  }

  /**
   * Removes a job that no node has, with its attempts and its log lines. What waits for one that wasn't done is treated as
   * if that had been cancelled; a failed job no longer stops its sequential channel.
   *
   * @throws JobNotFoundError, JobStateError
   */
  async delete(uuid: string, options: ActorOptions = {}): Promise<void> {
    await this.changeOne('delete', uuid, options);
  }

  /**
   * Requeues, cancels, sets done or deletes many jobs, or runs those now that wait for their eta or a retry; 500 in one
   * statement. Jobs whose state does not allow the change are not changed.
   *
   * @param options - `by`: who does it, recorded once for all
   * @example
   * ```ts
   * const failed = await queue.list({ state: 'failed', error: 'TimeoutError', limit: 1_000 });
   * const { changed, unchanged } = await queue.changeAll('requeue', failed.map(({ uuid }) => uuid));
   * ```
   */
  async changeAll(
    change: JobChange,
    uuids: readonly string[],
    options: ActorOptions = {},
  ): Promise<ChangedJobs> {
    checkActorOptions('changeAll()', options);
    const checked = checkOneOf('change', JOB_CHANGES, change);
    if (!Array.isArray(uuids)) throw wrongValue('uuids', 'a list of uuids', uuids);
    const all = uuids.map(checkUuid);
    const { store, actions } = this.parts;
    return audited(store, { action: `jobs.${checked}`, ...targetOf(all) }, options, async (by) =>
      actions.changeAll(checked, all, by),
    );
  }

  /**
   * Changes a job in place that waits or has failed; never one that a node has. Who did it is kept in the audit trail.
   *
   * @param change - what is left out stays as it is
   * @param options - `by`: who changes it. Default: `'the application'`
   * @throws JobNotFoundError, JobStateError, InvalidJobOptionError, UnserializableArgumentError: nothing is changed
   * @example
   * ```ts
   * await queue.update(job.uuid, { priority: 0, args: [corrected] }, { by: 'ada' });
   * ```
   */
  async update(uuid: string, change: JobUpdate, options: ActorOptions = {}): Promise<QueueJob> {
    const by = checkActor(checkObject('update()', options));
    await this.parts.updates.update(checkUuid(uuid), checkObject('update()', change), by);
    return this.must(uuid);
  }

  /**
   * A waiting job starts no earlier than in `seconds`, a number or a duration such as `'5h'`. Inside a job, use
   * `currentJob().postpone()`.
   *
   * @param options - `result`: kept as the job's result until it has one
   * @throws JobNotFoundError, JobStateError
   */
  async postpone(
    uuid: string,
    options: { seconds: number | string; result?: unknown } & ActorOptions,
  ): Promise<QueueJob> {
    const eta = parseEta(checkObject('postpone()', options).seconds);
    if (!('inSeconds' in eta)) throw wrongValue('seconds', 'a number or a duration', options.seconds);
    const { codec, store } = this.parts;
    const { inSeconds } = eta;
    const text = codec.encodeValue(options.result, 'result');
    const result = codec.seal(text, { uuid: checkUuid(uuid), field: 'result' });
    await audited(
      store,
      { action: 'jobs.postpone', target: uuid, details: { inSeconds } },
      options,
      async () => {
        if (!(await store.jobs.postpone(uuid, inSeconds, result)))
          throw actionError('postpone', uuid, (await this.must(uuid)).state);
      },
    );
    store.notifier.publish(inSeconds > 0 ? { dueIn: inSeconds * 1000 } : { ready: true });
    return this.must(uuid);
  }

  private async changeOne(change: JobChange, uuid: string, options: ActorOptions): Promise<void> {
    const { store, actions } = this.parts;
    const target = checkUuid(uuid);
    await audited(
      store,
      { action: `jobs.${change}`, target },
      checkActorOptions(`${change}()`, options),
      async (by) => actions.changeOne(change, target, by),
    );
  }
}

/** The jobs of an action in the audit trail: many by their number, with the first hundred of them. */
const targetOf = (uuids: readonly string[]): Pick<AuditedAction, 'target' | 'details'> =>
  uuids.length === 1
    ? { target: uuids[0] as string }
    : { target: `${uuids.length} jobs`, details: { uuids: uuids.slice(0, 100) } };

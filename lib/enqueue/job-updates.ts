import { checkProperties, type Checks } from '../common/check-properties.js';
import { checkArguments } from '../common/call-checks.js';
import { checkDescription, checkName, checkPriority } from '../common/option-checks.js';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { readChannel } from '../inspect/check-job-filter.js';
import { actionError } from '../inspect/job-actions.js';
import { type Eta, parseEta } from '../job/eta.js';
import type { JobUpdate } from '../job/job-update.js';
import { checkTags, storedTags } from '../job/tags.js';
import type { ArgumentCodec } from '../payload/argument-codec.js';
import type { JobChange } from '../store/jobs/job-update-store.js';
import type { Store } from '../store/store.js';
import type { KnownChannels } from './known-channels.js';

interface ValidUpdate {
  readonly priority?: number;
  readonly eta?: Eta;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly channel?: string;
  readonly args?: readonly unknown[];
}

const CHECKS: Checks<ValidUpdate> = {
  priority: checkPriority,
  eta: (value) => parseEta(value as number),
  description: checkDescription,
  tags: (value) => checkTags('tags', value),
  channel: (value) => readChannel(checkName('channel', value)),
  args: (value) => checkArguments(value as unknown[]),
};

/** Changes jobs in place, as long as no node has them. */
export class JobUpdates {
  constructor(
    private readonly store: Store,
    private readonly codec: ArgumentCodec,
    private readonly channels: KnownChannels,
  ) {}

  /**
   * @throws InvalidJobOptionError, UnserializableArgumentError: nothing is changed
   * @throws JobStateError where a node has the job, or it has ended
   * @returns false where there is no such job
   */
  async update(uuid: string, change: JobUpdate, by: string): Promise<boolean> {
    const valid = checked(change);
    const { args } = valid;
    const payload = args && this.codec.seal(this.codec.encode(args), { uuid, field: 'args' });
    const note = { by, properties: Object.keys(valid) };
    if ((await this.write([uuid], valid, payload ?? null, { note })).length > 0) return true;
    const state = (await this.store.jobs.states([uuid])).get(uuid);
    if (state === undefined) return false;
    throw actionError('update', uuid, state);
  }

  /**
   * Changes many jobs; those that a node has or that have ended are left as they are, and with a new `eta` failed ones, too.
   * Nothing is written into the audit trail.
   *
   * @throws InvalidJobOptionError: nothing is changed
   * @returns the jobs it changed
   */
  async updateAll(uuids: readonly string[], change: Omit<JobUpdate, 'args'>): Promise<string[]> {
    const valid = checked(change);
    return this.write(uuids, valid, null, { waiting: valid.eta !== undefined });
  }

  private async write(
    uuids: readonly string[],
    { channel, eta, ...valid }: ValidUpdate,
    args: string | null,
    options: Parameters<Store['updates']['update']>[2],
  ): Promise<string[]> {
    const change: JobChange = {
      priority: valid.priority ?? null,
      description: valid.description ?? null,
      channel: channel ?? null,
      changesTags: valid.tags !== undefined,
      tags: storedTags(valid.tags),
      etaIn: eta !== undefined && 'inSeconds' in eta ? eta.inSeconds : null,
      etaAt: eta !== undefined && 'at' in eta ? eta.at : null,
      args,
    };
    if (channel !== undefined) await this.channels.ensure([{ channel }]);
    const changed = await this.store.updates.update(uuids, change, options);
    if (changed.length > 0) this.store.notifier.publish({ ready: true, dueIn: 0 });
    return changed;
  }
}

/** @throws InvalidJobOptionError */
function checked(change: JobUpdate): ValidUpdate {
  const valid = checkProperties<ValidUpdate>(change, CHECKS);
  if (Object.keys(valid).length > 0) return valid;
  throw new InvalidJobOptionError(
    `update() has nothing to change: give some of ${Object.keys(CHECKS).join(', ')}.`,
  );
}

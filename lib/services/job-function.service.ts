import { isDeepStrictEqual } from 'node:util';
import { normalizeChannelName } from '../channel/channel-name.js';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { checkObject } from '../common/option-checks.js';
import { type RetryPattern, type SecondsPattern, validateRetryPattern } from '../job/retry-pattern.js';
import { formatValue } from '../common/format-value.js';
import { channelOf, type JobFunction } from '../registry/job-function.js';
import type { JobRegistry } from '../registry/job-registry.js';
import { type ActorOptions, checkActorOptions } from '../common/call-checks.js';
import { audited } from '../inspect/audited.js';
import type { FunctionPause } from '../store/functions/function-store.js';
import type { FunctionOverrides } from '../store/functions/function-overrides.js';
import type { Store } from '../store/store.js';

/** A job function as it is in force. */
export interface JobFunctionState {
  /** `Provider.method`. */
  readonly name: string;
  readonly channel: string;
  /** Null: 600 seconds after each attempt. */
  readonly retryPattern: SecondsPattern | null;
  /** What the decorator says, or else the module option `defaults`. */
  readonly declared: { readonly channel: string; readonly retryPattern: SecondsPattern | null };
  /** Who has paused it, and since when; null if it isn't paused. */
  readonly paused: FunctionPause | null;
  /** What was changed at run time; null where it is as the decorator says. */
  readonly changed: { readonly channel: string | null; readonly retryPattern: SecondsPattern | null };
}

/** The part of the module option `defaults` that job functions have. */
export interface JobFunctionDefaults {
  readonly channel: string | undefined;
  readonly retryPattern: SecondsPattern | undefined;
}

/**
 * The job functions (`Provider.method`), whose channel and retry pattern can be changed while everything runs. A change
 * works at once on all nodes that listen, and within two seconds elsewhere; the channel is that of jobs stored from then on.
 */
export class JobFunctionService {
  /** @internal */
  constructor(
    private readonly store: Store,
    private readonly registry: JobRegistry,
    private readonly defaults: JobFunctionDefaults,
    private readonly changes: FunctionOverrides,
  ) {}

  async list(): Promise<JobFunctionState[]> {
    const [changes, pauses] = await Promise.all([this.store.functions.list(), this.store.functions.pauses()]);
    return this.registry.all().map((fn) => {
      const changed = changes.get(fn.name) ?? { channel: null, retryPattern: null };
      const declared = this.declared(fn);
      return {
        name: fn.name,
        channel: changed.channel ?? declared.channel,
        retryPattern: changed.retryPattern ?? declared.retryPattern,
        paused: pauses.get(fn.name) ?? null,
        declared,
        changed,
      };
    });
  }

  /**
   * Changes a job function; what is left out stays. `null`, or what the decorator says, gives that one back to the
   * decorator.
   *
   * @throws UnknownJobError, ChannelConfigError, InvalidJobOptionError
   */
  async configure(
    name: string,
    change: { channel?: string | null; retryPattern?: RetryPattern | null },
    options: ActorOptions = {},
  ): Promise<void> {
    checkActorOptions('configure()', options);
    const declared = this.declared(this.registry.get(name));
    const unknown = Object.keys(checkObject('configure()', change)).find(
      (key) => key !== 'channel' && key !== 'retryPattern',
    );
    if (unknown !== undefined) {
      throw new InvalidJobOptionError(
        `A job function has no property ${formatValue(unknown)} to change: channel and retryPattern are.`,
      );
    }
    const before = (await this.store.functions.list()).get(name) ?? { channel: null, retryPattern: null };
    const { channel = before.channel, retryPattern = before.retryPattern } = change;
    const next = {
      channel: channel === null ? null : normalizeChannelName(channel),
      retryPattern: retryPattern === null ? null : validateRetryPattern(retryPattern),
    };
    // An override that says what the code says would outlive the next change of the code.
    const after = {
      channel: next.channel === declared.channel ? null : next.channel,
      retryPattern: isDeepStrictEqual(next.retryPattern, declared.retryPattern) ? null : next.retryPattern,
    };
    const entry = { action: 'functions.change', target: name, details: { change } };
    await audited(this.store, entry, options, async () => this.store.functions.save(name, after));
    await this.changed();
  }

  /**
   * No job of the function starts any more, on any node, until {@link JobFunctionService.resume}; what runs goes on. Jobs
   * are stored as before, and wait. In a channel that goes strictly in order they stop those behind them.
   *
   * @param options - who pauses it: `explain()` and {@link JobFunctionService.list} say so
   * @throws UnknownJobError, InvalidJobOptionError
   * @example
   * ```ts
   * await jobFunctions.pause('InvoiceService.send', { by: 'Ada' });
   * ```
   */
  async pause(name: string, options: ActorOptions = {}): Promise<void> {
    this.registry.get(name);
    await this.setPaused(name, true, checkActorOptions('pause()', options));
  }

  /**
   * Lets the jobs of a paused function start again.
   *
   * @throws UnknownJobError
   */
  async resume(name: string, options: ActorOptions = {}): Promise<void> {
    this.registry.get(name);
    await this.setPaused(name, false, checkActorOptions('resume()', options));
  }

  private declared(fn: JobFunction): JobFunctionState['declared'] {
    return {
      channel: channelOf(fn, this.defaults.channel),
      retryPattern: fn.options.retryPattern ?? this.defaults.retryPattern ?? null,
    };
  }

  private async setPaused(name: string, paused: boolean, options: ActorOptions): Promise<void> {
    const entry = { action: paused ? 'functions.pause' : 'functions.resume', target: name };
    const version = await audited(this.store, entry, options, async (by) =>
      this.store.functions.pause(name, paused, paused ? by : null),
    );
    this.store.notifier.publish({ config: true, ready: true });
    await this.store.channels.takenUp(version);
  }

  /** Gives a job function back to what its decorator says; a pause goes on. */
  async reset(name: string, options: ActorOptions = {}): Promise<void> {
    this.registry.get(name);
    const entry = { action: 'functions.reset', target: name };
    await audited(this.store, entry, checkActorOptions('reset()', options), async () =>
      this.store.functions.remove(name),
    );
    await this.changed();
  }

  /** The next call of this process knows it; the others are notified. */
  private async changed(): Promise<void> {
    this.store.notifier.publish({ functions: true });
    await this.changes.refresh();
  }
}

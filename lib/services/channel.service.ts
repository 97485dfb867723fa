import { Injectable } from '@nestjs/common';
import { buildChannel } from '../channel/check-channel-options.js';
import { CHANNEL_PROPERTIES, type ChannelConfig, type ChannelOptions } from '../channel/channel-config.js';
import { normalizeChannelPattern } from '../channel/channel-name.js';
import { unknownProperty } from '../common/check-properties.js';
import { type ActorOptions, checkActorOptions } from '../common/call-checks.js';
import { checkObject, checkText, wrongValue } from '../common/option-checks.js';
import { formatValue } from '../common/format-value.js';
import { ChannelConfigError } from '../errors/channel-config.error.js';
import { ChannelNotFoundError } from '../errors/channel-not-found.error.js';
import { audited } from '../inspect/audited.js';
import type { ChannelOverride, ChannelState } from '../store/channels/channel-state.js';
import { Store } from '../store/store.js';

/** The most channels of one page. */
const MAX_PAGE = 1_000;

/** Which channels {@link ChannelService.list} returns. */
export interface ChannelPage {
  /** Only those whose names come after this one: the last of the page before. */
  readonly after?: string;
  /** Only those whose names contain this text, in any case. */
  readonly text?: string;
  /** From 1 to 1,000. Default: 1,000. */
  readonly limit?: number;
}

/** What of a channel can be changed while everything runs; what is left out stays as it is. */
export type ChannelProperties = Omit<ChannelOptions, 'name'>;

/**
 * The channels, looked at and changed while everything runs. A change works at once on all nodes, is kept over restarts
 * and stands over the module's option until {@link ChannelService.reset}.
 *
 * @example
 * ```ts
 * await channels.configure('root.partner', { capacity: 2, throttle: 1 });
 * ```
 */
@Injectable()
export class ChannelService {
  /** @internal */
  constructor(private readonly store: Store) {}

  /**
   * The channels in use, by name, with what runs, waits and has failed in each and below it: 1,000 of them, or `limit`.
   * The next page is `{ after: last.name }`.
   *
   * @throws InvalidJobOptionError
   */
  async list(page: ChannelPage = {}): Promise<ChannelState[]> {
    const { after, text, limit = MAX_PAGE } = checkObject('list()', page);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE)
      throw wrongValue('limit', `a whole number from 1 to ${MAX_PAGE}`, limit);
    return this.store.channels.list({
      limit,
      ...(after !== undefined && { after: checkText('after', after) }),
      ...(text !== undefined && { text: checkText('text', text) }),
    });
  }

  /** @throws ChannelNotFoundError */
  async get(name: string): Promise<ChannelState> {
    const path = normalizeChannelPattern(name);
    const [found] = await this.store.channels.list({ name: path });
    if (found === undefined) throw new ChannelNotFoundError(`There is no channel ${path}.`);
    return found;
  }

  /**
   * Changes a channel; one that isn't there yet is made. Resolves when all nodes work by the change: from then on nothing
   * starts beyond it, while what runs goes on.
   *
   * @throws ChannelConfigError
   */
  async configure(name: string, properties: ChannelProperties, options: ActorOptions = {}): Promise<void> {
    checkActorOptions('configure()', options);
    const target = normalizeChannelPattern(name);
    const before = await this.store.channels.find(target);
    const change = checkedChange(target, properties, before);
    await audited(this.store, { action: 'channels.change', target, details: { change } }, options, async () =>
      this.told(this.store.channels.change(target, change)),
    );
  }

  /** Nothing starts in the channel and below it; what runs goes on. If `by` is given, `explain()` says who paused it. */
  async pause(name: string, options: ActorOptions = {}): Promise<void> {
    await this.configure(name, { paused: true }, options);
  }

  /** The channel is as before {@link ChannelService.pause}. */
  async resume(name: string, options: ActorOptions = {}): Promise<void> {
    await this.configure(name, { paused: false }, options);
  }

  /**
   * Gives a channel back to what the module's option says.
   *
   * @throws ChannelNotFoundError
   */
  async reset(name: string, options: ActorOptions = {}): Promise<void> {
    checkActorOptions('reset()', options);
    const target = normalizeChannelPattern(name);
    await audited(this.store, { action: 'channels.reset', target }, options, async () => {
      if ((await this.told(this.store.channels.reset(target))) === null)
        throw new ChannelNotFoundError(`There is no channel ${target}.`);
    });
  }

  private async told(change: Promise<number | null>): Promise<number | null> {
    const version = await change;
    if (version === null) return null;
    this.store.notifier.publish({ config: true, ready: true });
    await this.store.channels.takenUp(version);
    return version;
  }
}

/** Only what was given, checked together with what stays. */
function checkedChange(
  name: string,
  given: ChannelProperties,
  before: ChannelConfig | undefined,
): ChannelOverride {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ChannelConfigError(
      `Channel ${name}: its properties are an object such as { capacity: 5 }, not ${formatValue(given)}.`,
    );
  }
  const keys = Object.keys(given).filter((key) => given[key as keyof ChannelProperties] !== undefined);
  const refuse = (problem: string): ChannelConfigError =>
    new ChannelConfigError(`Channel ${name}: ${problem}`);
  const known: readonly string[] = CHANNEL_PROPERTIES;
  const unknown = unknownProperty(given, known);
  if (unknown !== undefined)
    throw refuse(
      `the property ${unknown.name} is unknown; the properties are: ${known.join(', ')}.${unknown.hint}`,
    );
  const stays = {
    capacity: before?.capacity ?? null,
    sequential: before?.sequential ?? false,
    throttle: before?.throttle ?? null,
    rate: before?.rate ?? null,
    fair: before?.fair ?? false,
    paused: before?.paused ?? false,
    removalInterval: before?.removalInterval ?? null,
  };
  // A channel that becomes sequential has a capacity of 1, unless another is asked for, which is refused.
  const implied = given.sequential === true && given.capacity === undefined ? { capacity: 1 } : {};
  const config = buildChannel({ name, ...stays, ...implied, ...given }, refuse);
  return Object.fromEntries(
    [...keys, ...Object.keys(implied)].map((key) => [key, config[key as keyof typeof config]]),
  );
}

/** At most `limit` starts in any stretch of `per` seconds. */
export interface ChannelRate {
  /** A whole number of at least 1. */
  readonly limit: number;
  /** Seconds, a year at most. */
  readonly per: number;
}

/**
 * What is settled for one channel. Every field is filled in, so that nobody who reads it needs to know a default.
 *
 * @example
 * ```ts
 * parseChannels('root.erp:1:sequential');
 * // [{ name: 'root.erp', capacity: 1, sequential: true, throttle: null, rate: null, fair: false, paused: false, removalInterval: null }]
 * ```
 */
export interface ChannelConfig {
  /** The full path (`root.erp.orders`), or a wildcard for the channels one level below another (`root.tenants.*`). */
  readonly name: string;
  /** Jobs that may be started at once, those of subchannels included, over all nodes. `null`: without limit; 0: none. */
  readonly capacity: number | null;
  /** Jobs run strictly in order, and a failed one stops the channel. Only with a capacity of 1. */
  readonly sequential: boolean;
  /** Seconds between two starts at least, over all nodes. `null`: no such wait. */
  readonly throttle: number | null;
  /** How many jobs, those of subchannels included, may start in any stretch of time, over all nodes. `null`: any number. */
  readonly rate: ChannelRate | null;
  /** Among jobs of equal priority the subchannels take turns. */
  readonly fair: boolean;
  /** Nothing starts; what runs goes on. */
  readonly paused: boolean;
  /** Milliseconds for which finished jobs of the channel are kept. `null`: as long as the module's option says. */
  readonly removalInterval: number | null;
}

/**
 * One entry of the module's `channels` option, written as an object: the same as an entry of the text, with the same
 * defaults. A property that is `undefined` counts as left out.
 *
 * @example
 * ```ts
 * channels: [
 *   { name: 'root', capacity: 20 },
 *   { name: 'erp', sequential: true },
 *   { name: 'tenants.*', capacity: 2, removalInterval: '7 days' },
 * ]
 * ```
 */
export interface ChannelOptions {
  /** The path, with or without `root.` before it; a last part `*` stands for every channel made there. */
  readonly name: string;
  /** A whole number of at least 0; `null` or `Infinity` for no limit. Default: 1, as in the text. */
  readonly capacity?: number | null | undefined;
  /** Default: false. */
  readonly sequential?: boolean | undefined;
  /** Seconds above 0, fractions allowed, or a duration such as `'2s'`; `null` for no wait. Default: `null`. */
  readonly throttle?: number | string | null | undefined;
  /**
   * At most `limit` starts in any stretch of `per`: seconds above 0, or a duration such as `'1 min'`, a year at most;
   * `null` for no such limit. Default: `null`.
   */
  readonly rate?: { readonly limit: number; readonly per: number | string } | null | undefined;
  /** Default: false. */
  readonly fair?: boolean | undefined;
  /** Default: false. */
  readonly paused?: boolean | undefined;
  /** Milliseconds, or a duration such as `'7 days'`; `null` for the module's. Default: `null`. */
  readonly removalInterval?: number | string | null | undefined;
}

/** What can be said of a channel beside its name. */
export const CHANNEL_PROPERTIES = [
  'capacity',
  'sequential',
  'throttle',
  'rate',
  'fair',
  'paused',
  'removalInterval',
] as const satisfies readonly (keyof ChannelConfig)[];

/**
 * The config of a channel that nobody configured: without limit, every other property off.
 *
 * @param name - the full path of the channel
 */
export function unlimitedChannel(name: string): ChannelConfig {
  return {
    name,
    capacity: null,
    sequential: false,
    throttle: null,
    rate: null,
    fair: false,
    paused: false,
    removalInterval: null,
  };
}

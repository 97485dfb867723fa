import type { ChannelConfig } from '../../channel/channel-config.js';
import type { Row } from '../connection/database.js';

/** The properties of a channel that somebody gave. */
export type ChannelOverride = Partial<Omit<ChannelConfig, 'name'>>;

/** A channel as it is, and what was done to it at run time. */
export interface ChannelState extends ChannelConfig {
  /** The properties that were changed at run time. */
  readonly overridden: ChannelOverride;
  /** What the module option says of it; null where it says nothing. */
  readonly configured: ChannelOverride | null;
  /** With a throttle, or where a job holds the channel: the earliest next start. */
  readonly nextStart: Date | null;
  /** Until when a job has asked that nothing starts here, and the uuid of that job; null where none has. */
  readonly heldUntil: Date | null;
  readonly heldBy: string | null;
  /** Jobs that a node has, those of the subchannels included. */
  readonly running: number;
  /** Jobs that wait: for their turn, their eta or their parents. Where more than 50,000 do, at least so many. */
  readonly waiting: number;
  readonly failed: number;
  /** The nearest channel above this one that is paused, so that nothing starts here either; null if none is. */
  readonly pausedAbove: string | null;
}

/** A channel as a row of a list has it. */
export const toState = (row: Row): ChannelState => ({
  name: row['name'] as string,
  capacity: row['capacity'] as number | null,
  sequential: row['sequential'] as boolean,
  throttle: row['throttle'] as number | null,
  rate:
    row['rate_limit'] === null
      ? null
      : { limit: row['rate_limit'] as number, per: row['rate_per'] as number },
  fair: row['fair'] as boolean,
  paused: row['paused'] as boolean,
  removalInterval: row['removal_interval'] as number | null,
  configured: row['configured'] as ChannelOverride | null,
  overridden: (row['changed'] as ChannelOverride | null) ?? {},
  nextStart: row['next_start'] as Date | null,
  heldUntil: row['held_until'] as Date | null,
  heldBy: row['held_by'] as string | null,
  running: row['running'] as number,
  waiting: row['waiting'] as number,
  failed: row['failed'] as number,
  pausedAbove: (row['paused_above'] as string | null | undefined) ?? null,
});

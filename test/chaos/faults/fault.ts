import type { Campaign } from '../campaign.js';
import type { Member } from '../member.js';

/** A fault as it happened. Times are those of the system, in milliseconds. */
export interface FaultRecord {
  readonly kind: string;
  /** The process that it happened to; undefined: all. */
  readonly process: number | undefined;
  readonly begun: number;
  ended: number;
}

/** Something that goes wrong. A file each kind of place. */
export interface Fault {
  readonly kind: string;
  readonly weight: number;
  /** Does it to a process, which does nothing else meanwhile; without it, it is done to all. */
  readonly to?: (member: Member) => boolean;
  /** Resolves when it is over. */
  strike(campaign: Campaign, member: Member | undefined): Promise<void>;
}

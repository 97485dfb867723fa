import type { NodeCommand } from './node-store.js';

/** How a node is, and what it wants to know, as it says with each sign of life. */
export interface NodeReport {
  /** Bytes. */
  readonly memory: number;
  /** Cores in use. */
  readonly cpu: number;
  readonly stopping: boolean;
  /** Whether it wants to know if some job is ready. */
  readonly poll: boolean;
  /** The version of the list of nodes that it knows; 0 is none. */
  readonly fleet: number;
}

/** Nodes that can run the same jobs. */
export interface RosterGroup {
  /** Null for nodes that didn't say. */
  readonly names: readonly string[] | null;
  /** The channels that they serve, with those below; null is all. */
  readonly channels: readonly string[] | null;
  /** Each with its number of slots. */
  readonly nodes: readonly (readonly [id: number, slots: number])[];
}

/** What a second in the life of an idle node tells. */
export interface HeartbeatReply {
  /** False: the others have given this node up. */
  readonly alive: boolean;
  /** What somebody asked of this node. */
  readonly command: NodeCommand | null;
  /** Milliseconds since 1970, by the database's clock. */
  readonly now: number;
  /** Nodes whose jobs may be given back. */
  readonly dead: readonly number[];
  /** Some job is ready; false where the node did not ask. */
  readonly ready: boolean;
  /** Milliseconds until the next eta. */
  readonly nextEta: number | null;
  /** The version of the channel configuration. */
  readonly version: number;
  /** It is too late to begin some jobs that wait. */
  readonly expired: boolean;
  /** Something was left to be done after a commit. */
  readonly followUp: boolean;
  /** The database says that this node has jobs. */
  readonly holds: boolean;
  /** It is this node's turn to look for orphans. */
  readonly orphans: boolean;
  /** Jobs of this node that somebody wants to cancel. */
  readonly cancel: readonly string[];
  /** Who can be notified of jobs; null if the node knows that list. */
  readonly fleet: { readonly version: number; readonly groups: readonly RosterGroup[] } | null;
}

/** What a claim tells beside its jobs. */
export interface RoundTripInfo {
  /** The node was given up by the others: nothing was written. */
  readonly dead?: boolean;
  /** The channels have changed since the node's version: nothing was claimed. */
  readonly stale?: boolean;
  /** Ends that met no job of this node and try. */
  readonly fenced?: readonly string[];
  /** Milliseconds until the next eta; only where the cycle was to promote. */
  readonly nextEta?: number;
  /** Milliseconds until a throttled channel has its next start. */
  readonly wake?: number;
  /** Jobs that depended on what ended, or callbacks of batches, may run now. */
  readonly released?: boolean;
  /** There was more to have. */
  readonly more?: boolean;
  /** Channels with ready jobs that have no row yet. */
  readonly missing?: readonly string[];
  /** Channels in which ready jobs found no room. */
  readonly starved?: readonly string[];
  /** Permits that this node got for prefetched jobs, by channel: it keeps them as long as these wait. */
  readonly booked?: Readonly<Record<string, number>>;
  /** Where channels take turns: the numbers of the prefetched jobs, in the order in which they may start. */
  readonly turns?: readonly number[];
  /** Entries of the ready index that were read in vain, where these were very many. */
  readonly walked?: number;
}

/** `GET channels`, `GET channels/:name`. */
export interface ChannelView extends ChannelProperties {
  readonly name: string;
  /** With those of the subchannels. */
  readonly running: number;
  readonly waiting: number;
  readonly failed: number;
  /** The earliest next start, with a throttle. */
  readonly nextStart: string | null;
  /** What the application's code says; null where it says nothing. */
  readonly configured: Partial<ChannelProperties> | null;
  /** What was changed at run time; empty where nothing was. `POST channels/:name/reset` takes it back. */
  readonly changed: Partial<ChannelProperties>;
  /** The nearest channel above it that is paused: nothing starts here either. */
  readonly pausedAbove: string | null;
  /** Who has paused it here, and when; null if it is not paused, or was paused elsewhere. */
  readonly pause: { readonly actor: string; readonly date: string } | null;
}

/** `PATCH channels/:name` takes any of them. */
export interface ChannelProperties {
  /** Null: without limit. */
  readonly capacity: number | null;
  readonly sequential: boolean;
  /** Seconds between two starts. */
  readonly throttle: number | null;
  /** At most `limit` starts in any `per` seconds. */
  readonly rate: { readonly limit: number; readonly per: number } | null;
  readonly fair: boolean;
  readonly paused: boolean;
  /** Milliseconds that ended jobs are kept; null: as the module says. */
  readonly removalInterval: number | null;
}

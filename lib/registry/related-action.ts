/** What a related action answers: something to open, or something to show. */
export type RelatedActionResult =
  { readonly label?: string; readonly url: string } | { readonly label?: string; readonly data: unknown };

/** A related action: gets the job, and the `kwargs` of its decorator. */
export type RelatedActionFunction = (
  job: never,
  kwargs: never,
) => RelatedActionResult | null | Promise<RelatedActionResult | null>;

/** What `@RelatedAction()` takes. */
export interface RelatedActionOptions {
  /** The name of a method of the same provider, checked at start, or a function `(job, kwargs) => …`. */
  readonly action?: string | RelatedActionFunction;
  /** Handed to the action. Default: `{}`. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

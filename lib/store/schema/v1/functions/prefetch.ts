/**
 * What may be prefetched below a channel `c`. A prefetched job starts as soon as a job ends on its node, with the permits of
 * that one. At a limit of which the node has no permit, the claim gives it one for the prefetched job, if there is room: the
 * node keeps it as long as the job waits, and no other node takes it. So of 500 channels of two places, or of 200 sequential
 * ones, a claim brings the first job of many, and not only of as many as there are slots.
 */

/** A prefetched job may start with the permit of one that ends: not where each start has rules of its own. */
export const INHERIT = `NOT (c.sequential OR c.throttle IS NOT NULL OR c.rate_limit IS NOT NULL OR c.paused OR coalesce(c.next_start > v_now, false))`;

/** A permit may be given to a job before it starts: where starts are counted in time, it would be counted too early. */
export const BOOK = `(c.throttle IS NULL AND c.rate_limit IS NULL AND NOT c.paused)`;

/** Jobs that a claim brings beyond the slots where channels take turns: the turns of so many are found in a few milliseconds. */
export const TURNS_AHEAD = 250;

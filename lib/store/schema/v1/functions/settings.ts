/**
 * Settings of every function on the hot path. They look up a few rows by index among millions; with the statistics of
 * a queue, which is empty at one moment and full at the next, the planner may flip to a hash join over the whole table.
 * Plans are generic, so that none is made again for each call.
 */
export const LOOKUP_SETTINGS = `
  SET enable_seqscan = off
  SET enable_hashjoin = off
  SET enable_mergejoin = off
  SET enable_bitmapscan = off
  SET plan_cache_mode = force_generic_plan
  SET jit = off`;

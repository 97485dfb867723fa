import type { Tables } from '../../../connection/tables.js';

/** The channels that limit one, itself and those above it, each looked up by its name. */
export const limitingOf = (t: Tables, name: string): string => `ARRAY(
      SELECT a.name FROM generate_series(1, cardinality(string_to_array(${name}, '.'))) depth
      JOIN ${t.channel} a ON a.name = array_to_string((string_to_array(${name}, '.'))[1:depth], '.') AND ${isLimiting('a')}
      ORDER BY a.name
    )`;

/** Whether a channel limits anything, so that a claim has to look at it. */
export function isLimiting(c: string): string {
  return `(${c}.capacity IS NOT NULL OR ${c}.throttle IS NOT NULL OR ${c}.rate_limit IS NOT NULL OR ${c}.sequential OR ${c}.fair OR ${c}.paused OR ${c}.held_until IS NOT NULL)`;
}

import type { Tables } from '../../../connection/tables.js';

/** Notes that these parents won't be done, and finds what waits for them. */
export const loseParents = (t: Tables, parents: string, children: string): string => `
    WITH lost AS (
      UPDATE ${t.dependency} d SET lost = true WHERE d.parent = ANY(${parents}) AND NOT d.satisfied RETURNING d.child
    )
    SELECT coalesce(array_agg(DISTINCT l.child), '{}') INTO ${children} FROM lost l;`;

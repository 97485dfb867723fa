/**
 * Every transaction that looks again after it has waited for a lock needs a new snapshot for each statement: the permits
 * of a channel, the parents of a job and the members of a batch are counted so.
 */
export const ISOLATION = 'READ COMMITTED';

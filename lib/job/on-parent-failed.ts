/**
 * What a parent that failed for good means for a job of a graph: it goes on waiting for somebody's decision (`wait`), is
 * cancelled (`cancel`), or runs as if the parent were done (`run`).
 */
export type OnParentFailed = 'wait' | 'cancel' | 'run';

/** What can be said of a parent that failed. */
export const ON_PARENT_FAILED: readonly OnParentFailed[] = ['wait', 'cancel', 'run'];

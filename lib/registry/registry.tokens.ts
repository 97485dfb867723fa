/** Metadata on a method: its checked `@Job()` options. */
export const JOB_METADATA = 'nestjs-queue-job:job';

/** Metadata on a method: its `@RelatedAction()`. */
export const RELATED_ACTION_METADATA = 'nestjs-queue-job:related-action';

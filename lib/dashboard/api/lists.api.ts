/** `due`: what starts next of the jobs that wait for a time; `running`: the longest running; `slowest`: of those that ended. */
export type JobSortName = 'newest' | 'due' | 'running' | 'slowest';
export type JobGroupName = 'state' | 'channel' | 'name' | 'error' | 'user' | 'tag' | 'hour';

/** `GET jobs/groups?by=…`: the largest groups first. */
export interface JobGroupPage {
  /** `key` is null for jobs that have none, such as those without an error; that of an hour is its beginning. */
  readonly groups: readonly { readonly key: string | null; readonly count: number }[];
  /** Jobs in groups beyond the 100 that stand here. */
  readonly others: number;
  /** Where there were too many to count: the creation date down to which they were. */
  readonly countedTo: string | null;
}

import type { QueueJobRunnerOptions } from 'nestjs-queue-job';

/** What a process of a campaign is told in its environment, as JSON. */
export interface ProcessSettings {
  /** The number of the process in the campaign. */
  readonly index: number;
  readonly seed: number;
  /** Through the proxy. */
  readonly url: string;
  /** Past the proxy. */
  readonly directUrl: string;
  /** Milliseconds by which its clock is wrong. */
  readonly skew: number;
  /** Runs jobs; without it, the process only asks for them. */
  readonly runner: QueueJobRunnerOptions | false;
  readonly calls: {
    readonly channels: readonly string[];
    /** Makes the calls whose order counts, too. */
    readonly alone: boolean;
    /** No more calls while so many jobs live. */
    readonly backlog: number;
  } | null;
}

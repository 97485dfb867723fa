import { QueueJobError } from './queue-job.error.js';

/** A method without `@Job()` was delayed; the message lists the jobs that its provider has. */
export class NotAJobError extends QueueJobError {
  constructor(providerName: string, methodName: string, jobs: readonly string[]) {
    const known = jobs.length > 0 ? `Its jobs are: ${jobs.join(', ')}` : 'It has no jobs';
    super(
      'NOT_A_JOB',
      `${providerName}.${methodName} is not a job. ${known}. Decorate the method with @Job() to delay it.`,
    );
  }
}

import { Logger } from '@nestjs/common';
import type { Failure } from '../../job/failure.js';
import type { RunningAttempt } from '../attempt/attempt.js';

/** What a node tells in the log: all in one context, with the facts beside the text. Nothing of a job that ends well. */
export class NodeLog {
  private readonly logger = new Logger('QueueJob');

  started(node: number, kinds: number, channels: readonly string[] | null, concurrency: number): void {
    const where = channels === null ? 'in all channels' : `in ${channels.join(', ')}`;
    const what = kinds === 1 ? '1 kind of job' : `${kinds} kinds of jobs`;
    this.logger.log(`Node ${node} runs ${what} ${where}, ${concurrency} at once`, {
      node,
      channels: channels ?? 'all',
      jobs: kinds,
      concurrency,
    });
  }

  stopped(node: number): void {
    this.logger.log(`Node ${node} has stopped`, { node });
  }

  draining(node: number): void {
    this.logger.log(`Node ${node} drains: it claims no more jobs until it is resumed`, { node });
  }

  resumed(node: number): void {
    this.logger.log(`Node ${node} was resumed`, { node });
  }

  stopRequested(node: number): void {
    this.logger.log(`Node ${node} was asked to stop`, { node });
  }

  failed(attempt: RunningAttempt, failure: Failure, ms: number): void {
    this.logger.error(
      `${attempt.job.name} failed: ${failure.message}`,
      { ...about(attempt), ms: Math.round(ms) },
      failure.stack,
    );
  }

  retried(attempt: RunningAttempt, failure: Failure, seconds: number): void {
    this.logger.debug(
      `${attempt.job.name} is tried again in ${seconds} s: ${failure.message}`,
      about(attempt),
    );
  }

  /** A result that can't be carried doesn't undo what the job has done. */
  resultLeftOut(attempt: RunningAttempt, error: unknown): void {
    this.logger.warn(`The result of ${attempt.job.name} is not stored: ${text(error)}`, about(attempt));
  }

  fenced(node: number, uuid: string): void {
    this.logger.warn(`The end of job ${uuid} was not written: it is no longer this node's`, { node, uuid });
  }

  abandoned(attempt: RunningAttempt): void {
    this.logger.warn(
      `${attempt.job.name} goes on after its signal was aborted; the node stops without it`,
      about(attempt),
    );
  }

  rescued(node: number, dead: number, jobs: number): void {
    this.logger.warn(`Node ${dead} has died; ${jobs} jobs of it were given back`, { node, dead, jobs });
  }

  reregistered(before: number, node: number): void {
    this.logger.warn(`Node ${before} was given up by the others; it goes on as node ${node}`, {
      node,
      before,
    });
  }

  sessionLost(node: number, error: unknown): void {
    this.logger.warn(`The session with PostgreSQL broke: ${text(error)}`, { node });
  }

  behindPooler(node: number): void {
    this.logger.warn(
      'The data source reaches PostgreSQL through a pooler in transaction mode, such as PgBouncer, which can hold no session: this node uses a lease instead, as with runner: { listen: false }. Jobs of other processes are found by polling. Set runner.listen to false to say so, or give the data source the address of the server itself or of a pooler in session mode.',
      { node },
    );
  }

  sessionReopened(node: number): void {
    this.logger.log('The session with PostgreSQL is open again', { node });
  }

  leaseWithoutThread(node: number, duration: number, reason: unknown): void {
    this.logger.warn(
      `The lease of node ${node} is renewed in the main thread, because a separate one could not start (${text(reason)}). If the event loop is blocked for ${duration} ms (runner.leaseDuration), other nodes take over its jobs.`,
      { node },
    );
  }

  /** Only the first of several failures in a row is worth a line. */
  queryFailed(node: number, error: unknown, attempt = 1): void {
    const line = `PostgreSQL could not be asked (attempt ${attempt}): ${text(error)}`;
    if (attempt === 1) this.logger.warn(line, { node });
    else this.logger.debug(line, { node });
  }

  queriesRecovered(node: number): void {
    this.logger.log('PostgreSQL answers again', { node });
  }
}

const about = ({ job }: RunningAttempt): Record<string, unknown> => ({
  uuid: job.uuid,
  name: job.name,
  channel: job.channel,
  try: job.retry,
});

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

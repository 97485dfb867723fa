import { Logger } from '@nestjs/common';
import { formatValue } from '../../common/format-value.js';
import { messageOf } from '../../common/to-error.js';
import type { Failure } from '../../job/failure.js';
import type { RunningAttempt } from '../attempt/attempt.js';

/** What a node tells in the log: all in one context, with the facts beside the text. Nothing of a job that ends well. */
export class NodeLog {
  private readonly logger = new Logger('QueueJob');

  started(node: number, kinds: number, channels: readonly string[] | null, concurrency: number): void {
    const where = channels === null ? 'in all channels' : `in ${channels.join(', ')}`;
    const what = kinds === 1 ? '1 kind of job' : `${kinds} kinds of jobs`;
    this.write('log', `Node ${node} runs ${what} ${where}, ${concurrency} at once`, {
      node,
      channels: channels ?? 'all',
      jobs: kinds,
      concurrency,
    });
  }

  /** As many transactional jobs as the pool has connections wait for each other, if each needs one more. */
  poolTooSmall(poolSize: number, jobs: number): void {
    this.write(
      'warn',
      `${jobs} transactional jobs may run at once, and the data source has ${poolSize} connections (poolSize). Each job holds one; if all of them query through an injected repository, they wait for each other forever. Set poolSize above ${jobs}, better to ${2 * jobs}, or runner.transactionalConcurrency lower, or use currentJob().manager alone.`,
      { poolSize, transactionalConcurrency: jobs },
    );
  }

  stopped(node: number): void {
    this.write('log', `Node ${node} has stopped`, { node });
  }

  sleeps(node: number): void {
    this.write('log', `Node ${node} sleeps until something is due`, { node });
  }

  draining(node: number): void {
    this.write('log', `Node ${node} drains: it claims no more jobs until it is resumed`, { node });
  }

  resumed(node: number): void {
    this.write('log', `Node ${node} was resumed`, { node });
  }

  stopRequested(node: number): void {
    this.write('log', `Node ${node} was asked to stop`, { node });
  }

  failed(attempt: RunningAttempt, failure: Failure, ms: number): void {
    this.write(
      'error',
      `${attempt.job.name} failed: ${failure.message}`,
      { ...about(attempt), ms: Math.round(ms) },
      failure.stack,
    );
  }

  retried(attempt: RunningAttempt, failure: Failure, seconds: number): void {
    this.write(
      'debug',
      `${attempt.job.name} is tried again in ${seconds} s: ${failure.message}`,
      about(attempt),
    );
  }

  /** A result that can't be carried doesn't undo what the job has done. */
  resultLeftOut(attempt: RunningAttempt, error: unknown): void {
    this.write('warn', `The result of ${attempt.job.name} is not stored: ${text(error)}`, about(attempt));
  }

  fenced(node: number, uuid: string): void {
    this.write('warn', `The end of job ${uuid} was not written: it is no longer this node's`, { node, uuid });
  }

  abandoned(attempt: RunningAttempt): void {
    this.write(
      'warn',
      `${attempt.job.name} goes on after its signal was aborted; the node stops without it`,
      about(attempt),
    );
  }

  rescued(node: number, dead: number, jobs: number): void {
    this.write('warn', `Node ${dead} has died; ${jobs} jobs of it were given back`, { node, dead, jobs });
  }

  /** It should not happen: whoever finds this has found a bug, or a row that was changed by hand. */
  orphans(node: number, lost: number, uuids: readonly string[]): void {
    this.write(
      'warn',
      `${uuids.length} jobs were at node ${lost}, which would never have ended them: they were given back (${uuids.slice(0, 5).join(', ')}${uuids.length > 5 ? ', …' : ''})`,
      { node, lost, uuids },
    );
  }

  reregistered(before: number, node: number): void {
    this.write('warn', `Node ${before} was given up by the others; it goes on as node ${node}`, {
      node,
      before,
    });
  }

  sessionLost(node: number, error: unknown): void {
    this.write('warn', `The session with PostgreSQL broke: ${text(error)}`, { node });
  }

  behindPooler(node: number): void {
    this.write(
      'warn',
      'The data source reaches PostgreSQL through a pooler in transaction mode, such as PgBouncer, which can hold no session: this node uses a lease instead, as with runner: { listen: false }. Jobs of other processes are found by polling. Set runner.listen to false to say so, or give the data source the address of the server itself or of a pooler in session mode.',
      { node },
    );
  }

  sessionReopened(node: number): void {
    this.write('log', 'The session with PostgreSQL is open again', { node });
  }

  leaseWithoutThread(node: number, duration: number, reason: unknown): void {
    this.write(
      'warn',
      `The lease of node ${node} is renewed in the main thread, because a separate one could not start (${text(reason)}). If the event loop is blocked for ${duration} ms (runner.leaseDuration), other nodes take over its jobs.`,
      { node },
    );
  }

  /** Only the first of several failures in a row is worth a line. */
  queryFailed(node: number, error: unknown, attempt = 1): void {
    const line = `Database query failed (attempt ${attempt}): ${text(error)}`;
    if (attempt === 1) this.write('warn', line, { node });
    else this.write('debug', line, { node });
  }

  queriesRecovered(node: number): void {
    this.write('log', 'PostgreSQL answers again', { node });
  }

  /** The logger is the application's: one that throws must not stop the node. */
  private write(level: 'debug' | 'error' | 'log' | 'warn', message: string, ...more: unknown[]): void {
    try {
      this.logger[level](message, ...more);
    } catch {
      // Nobody is left to be told.
    }
  }
}

const about = ({ job }: RunningAttempt): Record<string, unknown> => ({
  uuid: job.uuid,
  name: job.name,
  channel: job.channel,
  attempt: job.retry,
});

const text = (error: unknown): string => messageOf(error) || formatValue(error);

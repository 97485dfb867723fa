import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { QueueJobError } from '../../../errors/queue-job.error.js';
import { isConnectionLost } from '../../../common/pg-errors.js';
import type { Problem } from '../../api/cluster.api.js';
import { setApiHeaders } from './headers.js';
import { problemPage, setProblemPageHeaders } from './problem-page.js';
import { problemOf, ProblemError } from './problem.error.js';

/** What somebody who asks can do something about; all other errors are ours or the application's. */
const STATUS: Readonly<Record<string, number>> = {
  JOB_NOT_FOUND: 404,
  CHANNEL_NOT_FOUND: 404,
  NODE_NOT_FOUND: 404,
  UNKNOWN_JOB: 404,
  BATCH_NOT_FOUND: 404,
  SCHEDULE_NOT_FOUND: 404,
  INVALID_SCHEDULE: 400,
  UNSERIALIZABLE_ARGUMENT: 400,
  INVALID_ARGUMENTS: 400,
  JOB_STATE: 409,
  INVALID_JOB_OPTION: 400,
  CHANNEL_CONFIG: 400,
  INVALID_BATCH: 400,
  RELATED_ACTION: 500,
};

/** Every error of the API as problem JSON. What it can't explain to the requester goes to the log alone. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('QueueJobDashboard');

  constructor(protected readonly host: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.answer(error, host);
  }

  protected answer(error: unknown, host: ArgumentsHost): void {
    const problem = this.problemOf(error);
    const response: unknown = host.switchToHttp().getResponse();
    const { httpAdapter } = this.host;
    if (httpAdapter.isHeadersSent(response)) return httpAdapter.end(response);
    setApiHeaders(httpAdapter, response);
    httpAdapter.setHeader(response, 'Content-Type', 'application/problem+json; charset=utf-8');
    httpAdapter.reply(response, JSON.stringify(problem), problem.status);
  }

  private problemOf(error: unknown): Problem {
    if (error instanceof ProblemError) return error.problem;
    if (error instanceof QueueJobError && STATUS[error.code] !== undefined)
      return problemOf(STATUS[error.code] ?? 500, error.message, { code: error.code });
    if (error instanceof HttpException && error.getStatus() < 500)
      return problemOf(error.getStatus(), error.message);
    this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (isConnectionLost(error))
      return problemOf(503, 'The database does not answer. Try again in a moment.', {
        code: 'DATABASE_AWAY',
      });
    const status = error instanceof HttpException ? error.getStatus() : 500;
    return problemOf(status, 'The log of the application says what went wrong.', { code: 'INTERNAL' });
  }
}

/**
 * For routes that aren't of the API: errors of the application's guards are left to its own filters, such as to log
 * in. A browser gets a page.
 */
@Catch(ProblemError)
export class OwnProblemFilter extends ProblemFilter {
  protected override answer(error: ProblemError, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { headers } = http.getRequest<{ headers: { accept?: string } }>();
    if (headers.accept?.includes('text/html') !== true) return super.answer(error, host);
    const response: unknown = http.getResponse();
    setProblemPageHeaders(this.host.httpAdapter, response);
    return void this.host.httpAdapter.reply(response, problemPage(error.problem), error.problem.status);
  }
}

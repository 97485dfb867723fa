import { type ArgumentsHost, Catch, type ExceptionFilter, HttpStatus, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { QueueJobError } from 'nestjs-queue-job';

const STATUSES: Record<string, HttpStatus | undefined> = {
  JOB_NOT_FOUND: HttpStatus.NOT_FOUND,
  CHANNEL_NOT_FOUND: HttpStatus.NOT_FOUND,
  BATCH_NOT_FOUND: HttpStatus.NOT_FOUND,
  JOB_STATE: HttpStatus.CONFLICT,
  INVALID_JOB_OPTION: HttpStatus.BAD_REQUEST,
  INVALID_BATCH: HttpStatus.BAD_REQUEST,
  CHANNEL_CONFIG: HttpStatus.BAD_REQUEST,
  UNSERIALIZABLE_ARGUMENT: HttpStatus.BAD_REQUEST,
};

/** Errors of the queue as HTTP knows them. One without a line above is the shop's own fault. */
@Catch(QueueJobError)
export class QueueErrorFilter implements ExceptionFilter<QueueJobError> {
  private readonly logger = new Logger(QueueErrorFilter.name);

  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: QueueJobError, host: ArgumentsHost): void {
    const { code, message } = error;
    const statusCode = STATUSES[code] ?? HttpStatus.INTERNAL_SERVER_ERROR;
    if (!STATUSES[code]) this.logger.error(message, error.stack);
    const response: unknown = host.switchToHttp().getResponse();
    this.host.httpAdapter.reply(response, { statusCode, code, message }, statusCode);
  }
}

import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { jobLogFields } from '../execution-context/job-log-fields.js';

/**
 * Nest's own logger, with the name, uuid and attempt of the job in every line that is logged within one: in text after
 * the context, in JSON as the fields of `jobLogFields()`.
 *
 * @example
 * ```ts
 * const app = await NestFactory.create(AppModule, { logger: new JobConsoleLogger({ json: true }) });
 * ```
 */
export class JobConsoleLogger extends ConsoleLogger {
  /** @internal */
  protected override formatMessage(
    logLevel: LogLevel,
    message: unknown,
    pidMessage: string,
    formattedLogLevel: string,
    contextMessage: string,
    ...rest: [timestampDiff: string, params?: Record<string, unknown>]
  ): string {
    const fields = jobLogFields();
    const job = fields === undefined ? '' : `[${fields.jobName} ${fields.jobUuid} #${fields.jobAttempt}] `;
    return super.formatMessage(
      logLevel,
      message,
      pidMessage,
      formattedLogLevel,
      `${contextMessage}${job}`,
      ...rest,
    );
  }

  /** @internal */
  protected override getJsonLogObject(message: unknown, options: { context: string; logLevel: LogLevel }) {
    return { ...super.getJsonLogObject(message, options), ...jobLogFields() };
  }
}

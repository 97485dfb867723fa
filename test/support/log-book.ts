import type { LoggerService } from '@nestjs/common';

export interface LogEntry {
  readonly level: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly context: unknown;
}

/** Keeps what an application logs. */
export class LogBook implements LoggerService {
  readonly entries: LogEntry[] = [];

  log = (message: unknown, ...rest: unknown[]): void => this.keep('log', message, rest);
  error = (message: unknown, ...rest: unknown[]): void => this.keep('error', message, rest);
  warn = (message: unknown, ...rest: unknown[]): void => this.keep('warn', message, rest);
  debug = (message: unknown, ...rest: unknown[]): void => this.keep('debug', message, rest);
  fatal = (message: unknown, ...rest: unknown[]): void => this.keep('fatal', message, rest);

  private keep(level: string, given: unknown, rest: unknown[]): void {
    const params = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
    const message = String(params['message'] ?? given);
    this.entries.push({ level, message, params, context: rest.at(-1) });
  }
}

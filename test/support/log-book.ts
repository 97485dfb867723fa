import type { LoggerService } from '@nestjs/common';

export interface LogEntry {
  readonly level: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly context: unknown;
  readonly stack: string | undefined;
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
    const parts = [given, ...rest.slice(0, -1)];
    const params = Object.assign(
      {},
      ...parts.filter((part) => typeof part === 'object'),
    ) as LogEntry['params'];
    const [text, stack] = parts.filter((part) => typeof part === 'string');
    const message = (params['message'] ?? text ?? '') as string;
    this.entries.push({ level, message, params, stack, context: rest.at(-1) });
  }
}

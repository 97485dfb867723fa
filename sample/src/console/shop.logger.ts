import { ConsoleLogger } from '@nestjs/common';
import { terminal } from './terminal.ts';

/** Nest tells of every route and module at start, and of an error that the process tells itself. */
const SILENT = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'ExceptionHandler',
]);

/** Nest's logger, above the line that changes. */
export class ShopLogger extends ConsoleLogger {
  constructor() {
    super({ prefix: 'Shop', colors: terminal.interactive, logLevels: ['log', 'warn', 'error', 'fatal'] });
  }

  protected override printMessages(...given: Parameters<ConsoleLogger['printMessages']>): void {
    if (SILENT.has(given[1] ?? '')) return;
    terminal.above(() => super.printMessages(...given));
  }

  protected override printStackTrace(stack: string): void {
    terminal.above(() => super.printStackTrace(stack));
  }
}

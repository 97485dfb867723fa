import type { INestApplicationContext } from '@nestjs/common';
import { terminal } from './terminal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Runs what a process does. What it can't go on without is told in one line, and it ends with 1. */
export async function run(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    terminal.release();
    console.error(messageOf(error));
    // The embedded PostgreSQL sees the end of this process, and ends too.
    process.exit(1);
  }
}

/** Ctrl+C and a `kill` end the process with 0 when its running jobs have ended. */
export function endWithSignals(app: INestApplicationContext): void {
  for (const signal of SIGNALS) {
    process.once(signal, () => terminal.print('Stopping when the running jobs have ended (10 s at most)'));
  }
  app.enableShutdownHooks([...SIGNALS], { useProcessExit: true });
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is in use. Choose another one: PORT=3001 npm start`;
  return error.message;
}

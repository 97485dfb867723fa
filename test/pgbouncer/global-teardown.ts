import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import stopServer from '../support/global-teardown.ts';

/** The pooler first: it holds connections to the server. */
export default async function teardown(): Promise<void> {
  const pooler = globalThis.testPooler;
  if (pooler !== undefined && pooler.process.exitCode === null) {
    const ended = once(pooler.process, 'exit');
    // At once: PgBouncer would wait for its clients on SIGINT.
    pooler.process.kill('SIGTERM');
    await ended;
  }
  if (pooler !== undefined) await rm(pooler.folder, { recursive: true, force: true });
  await stopServer();
}

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import pg from 'pg';
import type { LeaseThreadOrder } from './lease-renewer.js';
import { LEASE_WORKER } from './lease-worker.generated.js';

/**
 * Starts the thread that renews a lease. Its code is a string, since a bundler would not include a second file.
 *
 * @throws where the driver is part of a bundle, or the options of the connection can't be copied to a thread
 */
export function startLeaseThread(order: LeaseThreadOrder): Worker {
  const worker = new Worker(LEASE_WORKER, { eval: true, workerData: { order, driver: driverFile() } });
  worker.unref();
  return worker;
}

/** Where the driver is: the file that this process has loaded, else the one that the application would load. */
function driverFile(): string {
  const inFolder = createRequire(join(process.cwd(), 'package.json'));
  const loaded = Object.values(inFolder.cache).find((module) => module?.exports === pg);
  if (loaded !== undefined) return loaded.filename;
  const [, script] = process.argv;
  for (const require of script === undefined ? [inFolder] : [createRequire(script), inFolder]) {
    try {
      return require.resolve('pg');
    } catch {
      // The next place may have it.
    }
  }
  throw new Error(
    'pg is part of a bundle, where a thread can not load it: declare it external, and install it',
  );
}

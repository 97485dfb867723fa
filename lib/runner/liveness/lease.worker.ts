// The thread that renews a lease. The build turns this file, and what it imports, into the script of
// lease-worker.generated.ts; no other file imports it.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type pg from 'pg';
import { type LeaseOrder, LeaseRenewer } from './lease-renewer.js';

const { order: task, driver } = workerData as { readonly order: LeaseOrder; readonly driver: string };
const { Pool } = createRequire(driver)(driver) as typeof pg;

const renewer = new LeaseRenewer(Pool, task, (message) => parentPort?.postMessage(message));
parentPort?.on('message', (next: LeaseOrder) => renewer.change(next));
renewer.start();

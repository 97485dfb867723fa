// The thread that renews a lease. The build turns this file, and what it imports, into the script of
// lease-worker.generated.ts; no other file imports it.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type pg from 'pg';
import {
  type LeaseOrder,
  type LeaseThreadMessage,
  type LeaseThreadOrder,
  monotonic,
} from './lease-renewer.js';

/** What it hears: another node to renew, or a password. */
type Heard =
  | { readonly order: LeaseOrder }
  | { readonly asks: number; readonly password?: string; readonly error?: string };

const { order: given, driver } = workerData as { readonly order: LeaseThreadOrder; readonly driver: string };
const { Client } = createRequire(driver)(driver) as typeof pg;
let order: LeaseOrder = given;
let client: pg.Client | null = null;
const asked = new Map<number, (heard: Exclude<Heard, { order: LeaseOrder }>) => void>();
let asks = 0;

const tell = (message: LeaseThreadMessage): void => parentPort?.postMessage(message);

async function password(): Promise<string> {
  const number = ++asks;
  const heard = await new Promise<Exclude<Heard, { order: LeaseOrder }>>((resolve) => {
    asked.set(number, resolve);
    tell({ asks: number });
  });
  if (heard.error !== undefined) throw new Error(heard.error);
  return heard.password ?? '';
}

async function connected(): Promise<pg.Client> {
  if (client !== null) return client;
  const opened = new Client({
    ...given.connection,
    ...(given.asksPassword && { password }),
    connectionTimeoutMillis: order.duration / 2,
    // A connection that has fallen silent is replaced while the lease still lasts.
    query_timeout: order.duration / 2,
  });
  opened.on('error', () => (client = client === opened ? null : client));
  opened.on('end', () => (client = client === opened ? null : client));
  await opened.connect();
  return (client = opened);
}

async function renew(): Promise<void> {
  const at = monotonic();
  try {
    const open = await connected();
    await open.query(order.statement, [order.node, order.duration]);
    tell({ renewed: true, at });
  } catch (error) {
    client?.end().catch(() => undefined);
    client = null;
    tell({ renewed: false, at, error: (error as Error).message });
  }
}

parentPort?.on('message', (heard: Heard) => {
  if ('order' in heard) {
    order = heard.order;
    return;
  }
  asked.get(heard.asks)?.(heard);
  asked.delete(heard.asks);
});

async function renewAgain(): Promise<void> {
  await renew();
  setTimeout(() => void renewAgain(), order.every);
}
void renewAgain();

import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';

/** What the thread is to do. */
export interface LeaseOrder {
  readonly node: number;
  readonly statement: string;
  /** Milliseconds. */
  readonly every: number;
  readonly duration: number;
  readonly connection: object;
}

export interface LeaseMessage {
  readonly renewed: boolean;
  /** When the renewal was sent, by the monotonic clock that all threads share, in milliseconds. */
  readonly at: number;
  readonly error?: string;
}

let order = workerData as LeaseOrder;
const pool = new pg.Pool({ ...order.connection, max: 1, connectionTimeoutMillis: order.duration / 2 });
pool.on('error', () => undefined);

const tell = (message: LeaseMessage): void => parentPort?.postMessage(message);

async function renew(): Promise<void> {
  const at = Number(process.hrtime.bigint()) / 1e6;
  try {
    await pool.query(order.statement, [order.node, order.duration]);
    tell({ renewed: true, at });
  } catch (error) {
    tell({ renewed: false, at, error: (error as Error).message });
  }
}

parentPort?.on('message', (next: LeaseOrder) => {
  order = next;
});

for (;;) {
  await renew();
  await new Promise((resolve) => setTimeout(resolve, order.every));
}

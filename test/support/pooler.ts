import type { QueueJobModuleOptions } from '../../lib/index.js';

/**
 * With TEST_POOLER_URL, as `npm run test:pgbouncer` sets it, applications and nodes of the tests reach the test server
 * through that pooler. What looks on, past the library, stays direct, and so does another server.
 */
export function throughPooler(url: string): string {
  const { TEST_POOLER_URL: pooler, TEST_SERVER_URL: server } = process.env;
  if (pooler === undefined || server === undefined) return url;
  const [given, own, other] = [new URL(url), new URL(server), new URL(pooler)];
  if (given.host !== own.host) return url;
  given.host = other.host;
  return given.href;
}

/** Whether nodes are behind the pooler, so without a session. */
export const isPooled = (): boolean => process.env['TEST_POOLER_URL'] !== undefined;

/** What an application behind a pooler in transaction mode sets; quicker than the defaults, since tests wait for it. */
export function withoutSession(options: QueueJobModuleOptions): QueueJobModuleOptions {
  const { runner } = options;
  if (!isPooled() || runner === false) return options;
  const times = { pollInterval: 100, leaseDuration: 3_000 };
  return { ...options, runner: { ...times, ...runner, listen: false } };
}

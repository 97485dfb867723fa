import { ConnectionSilentError } from '../../errors/connection-silent.error.js';
import { type Connection, bytesReadOf, bytesSentOf, destroy, processIdOf } from './connection.js';

/** What the server says of a connection, asked on another one; `unknown` where it can't be asked. */
export type Verdict = 'working' | 'silent' | 'unknown';

/** Without an answer for this long, the server is asked about the connection, in milliseconds; and again so often. */
const LOOK_MS = 5_000;
/** Between two looks at what is unanswered, in milliseconds. */
const BETWEEN_MS = 500;
/** Where the server can't be asked, a connection counts as silent after this time in milliseconds. */
const LONGEST_MS = 20_000;
/** Clocks of the two sides differ in speed: by so much, in seconds. */
const AGE_TOLERANCE = 10;

interface Waiting {
  readonly connection: Connection;
  readonly since: number;
  readonly reject: (error: Error) => void;
  readonly working: (() => void) | undefined;
  lookedAt: number;
  bytes: number;
  /** The server did not work on it a moment ago: its answer may have been on its way. */
  suspected: boolean;
}

/**
 * Finds connections that the network has dropped without telling anybody: open for both sides, carrying nothing. TCP
 * needs a quarter of an hour for that. A statement without an answer is no sign by itself, since the server may be slow or
 * the statement wait for a lock: so the server is asked, on a new connection, whether it works on it.
 */
export class SilenceWatch {
  private readonly waiting = new Set<Waiting>();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param open - opens one more connection
   * @param found - a connection was found to be silent; others that are as old may be, too
   */
  constructor(
    private readonly open: () => Promise<Connection>,
    private readonly found: () => void,
  ) {}

  /**
   * Resolves as the answer to a statement does; rejects where its connection has fallen silent.
   *
   * @param working - the server says that it works on the statement
   */
  async over<T>(connection: Connection, answer: Promise<T>, working?: () => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const now = performance.now();
      const waiting: Waiting = {
        connection,
        since: now,
        reject,
        working,
        lookedAt: now,
        bytes: -1,
        suspected: false,
      };
      this.waiting.add(waiting);
      this.timer ??= setInterval(() => this.look(), BETWEEN_MS).unref();
      answer.finally(() => this.waiting.delete(waiting)).then(resolve, reject);
    });
  }

  /**
   * Asks the server whether it works on what was sent on this connection.
   *
   * @param ends - if it doesn't, it closes its side
   */
  private async judge({ client, direct, beganAt, openedAt }: Connection, ends: boolean): Promise<Verdict> {
    const processId = processIdOf(client);
    if (!direct || processId === 0) return 'unknown';
    let asking: Connection;
    try {
      asking = await this.open();
    } catch {
      return 'unknown';
    }
    try {
      const now = performance.now();
      const [youngest, oldest] = [now - openedAt, now - beganAt].map((ms) => ms / 1_000);
      const timer = setTimeout(() => destroy(asking.client), LOOK_MS);
      const { rows } = await asking.client.query<{ working: boolean | null }>(JUDGE_TEXT, [
        processId,
        youngest,
        oldest,
        AGE_TOLERANCE,
        ends,
      ]);
      clearTimeout(timer);
      const [row] = rows;
      if (row === undefined) return 'silent';
      if (row.working === null) return 'unknown';
      return row.working ? 'working' : 'silent';
    } catch {
      return 'unknown';
    } finally {
      destroy(asking.client);
    }
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private look(): void {
    if (this.waiting.size === 0) return this.stop();
    const now = performance.now();
    for (const waiting of this.waiting) {
      if (now - waiting.lookedAt < LOOK_MS) continue;
      waiting.lookedAt = now;
      // After a long computation the answer may be there, but not yet read: let the sockets be read first.
      setImmediate(() => void this.examine(waiting));
    }
  }

  private async examine(waiting: Waiting): Promise<void> {
    const { client } = waiting.connection;
    const bytes = bytesReadOf(client) + bytesSentOf(client);
    // Large arguments or results on a slow line.
    const moves = waiting.bytes >= 0 && bytes > waiting.bytes;
    waiting.bytes = bytes;
    if (moves || !this.waiting.has(waiting)) return;
    const verdict = await this.judge(waiting.connection, waiting.suspected);
    if (verdict === 'working') {
      waiting.suspected = false;
      waiting.working?.();
    }
    const silentFor = performance.now() - waiting.since;
    if (verdict === 'working' || (verdict === 'unknown' && silentFor < LONGEST_MS)) return;
    if (verdict === 'silent' && !waiting.suspected) {
      // The statement may have ended just now: only if its answer doesn't come, either, has the connection fallen silent.
      waiting.suspected = true;
      waiting.lookedAt -= LOOK_MS - BETWEEN_MS;
      return;
    }
    if (!this.waiting.delete(waiting)) return;
    destroy(client);
    waiting.reject(
      new ConnectionSilentError(
        `PostgreSQL has not answered for ${Math.round(silentFor / 1_000)} s, and ${verdict === 'silent' ? 'does not work on the statement' : 'can not be asked on a new connection'}: the connection is replaced`,
      ),
    );
    this.found();
  }
}

/**
 * A backend that waits for its client, to read or to write, has done its part. Numbers of backends are used again, so its
 * age must be right, too. Its end gives back the locks that it may hold.
 */
const JUDGE_TEXT = `
  SELECT CASE WHEN a.state IS NULL OR a.state = 'disabled' THEN NULL ELSE w.working END AS working,
    CASE WHEN $5 AND NOT w.working AND a.state <> 'disabled' THEN pg_terminate_backend(a.pid) END AS ended
  FROM pg_stat_activity a
  CROSS JOIN LATERAL (SELECT a.state = 'active' AND a.wait_event_type IS DISTINCT FROM 'Client' AS working) w
  WHERE a.pid = $1 AND a.usename = session_user AND a.datname = current_database()
    AND extract(epoch FROM clock_timestamp() - a.backend_start) BETWEEN $2::float8 - $4::float8 AND $3::float8 + $4::float8`;

import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';

/** What a process tells of a run when it begins. */
export interface RunStart {
  readonly uuid: string;
  readonly channel: string;
  readonly retry: number;
  readonly node: number | null;
  readonly claimed: Date | null;
  /** The providers of its process had been closed. */
  readonly closed: boolean;
}

/**
 * Writes down what happens, over a connection of its own that no fault of the campaign touches, by the clock of the
 * database. A line is tried again until it is there: the server may be down for a while.
 */
export class Recorder {
  private readonly pool: Pool;

  constructor(
    url: string,
    private readonly process: number,
  ) {
    this.pool = new Pool({ connectionString: url, application_name: 'chaos recorder', max: 2 });
    this.pool.on('error', () => undefined);
  }

  /** Resolves when the start is written: so a recorded run lies within the real one. */
  async started(run: RunStart): Promise<string> {
    const id = randomUUID();
    await this.ask(
      `INSERT INTO chaos_run (id, process, uuid, channel, retry, node, claimed, closed)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
      [
        id,
        this.process,
        run.uuid,
        run.channel,
        run.retry,
        run.node,
        run.claimed?.toISOString() ?? null,
        run.closed,
      ],
    );
    return id;
  }

  async ended(id: string): Promise<void> {
    await this.ask('UPDATE chaos_run SET ended = clock_timestamp() WHERE id = $1 AND ended IS NULL', [id]);
  }

  /** A call was answered: the job is the library's now. `from` is the time before the call. */
  async accepted(kind: string, uuid: string, from: Date, facts: object = {}): Promise<void> {
    await this.ask(
      'INSERT INTO chaos_call (id, kind, uuid, called, facts) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
      [randomUUID(), kind, uuid, from.toISOString(), JSON.stringify(facts)],
    );
  }

  /** The time of the database, whatever this process believes. */
  async now(): Promise<Date> {
    const rows = await this.ask<{ now: Date }>('SELECT clock_timestamp() AS now');
    return (rows[0] as { now: Date }).now;
  }

  async ask<R>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    for (;;) {
      try {
        return (await this.pool.query(text, [...values])).rows as R[];
      } catch (error) {
        if ((error as { code?: string }).code?.startsWith('42') === true) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

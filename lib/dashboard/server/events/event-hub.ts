import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { JobEvent, PulseEvent, Rights } from '../../api/cluster.api.js';
import { ProblemError } from '../http/problem.error.js';
import { dashboardJob, jobSummary } from '../jobs/job-summary.js';
import { Counts } from '../overview/counts.js';
import { Redactor } from '../redaction/redactor.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { EventStream } from './event-stream.js';

/** Between two looks, in milliseconds. */
const POLL_MS = 1_000;
/** A sign of life for proxies, and for pages, in milliseconds. */
const PULSE_MS = 15_000;
/** After this the page has to come again, so that the guards are asked again, in milliseconds. */
const LONGEST_MS = 10 * 60_000;
/** What a page that doesn't read gets to take the end of its stream, in milliseconds. */
const FAREWELL_MS = 500;
const MOST_STREAMS = 500;

/** The socket of a page, which nothing else uses. */
export interface Connection {
  once(event: 'close', listener: () => void): unknown;
  destroy(): unknown;
}

/** One look a second at the database tells all pages of this process; without pages there is none. */
@Injectable()
export class EventHub implements OnModuleDestroy {
  private readonly streams = new Set<EventStream>();
  private readonly connections = new Set<Connection>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | null = null;
  private pulse: PulseEvent | null = null;
  private pulsedAt = -Infinity;
  private isClosing = false;

  constructor(
    private readonly store: DashboardStore,
    private readonly counts: Counts,
    private readonly redactor: Redactor,
  ) {}

  /** How many pages listen. */
  get size(): number {
    return this.streams.size;
  }

  /** @throws ProblemError of status 503 where no more can be told */
  open(watched: readonly string[], rights: Rights, connection: Connection): EventStream {
    if (this.isClosing || this.streams.size >= MOST_STREAMS)
      throw new ProblemError(503, 'No more pages can listen now. Try again later.', { code: 'TOO_MANY' });
    const stream = new EventStream(new Set(watched), rights);
    const longest = setTimeout(() => stream.end(), LONGEST_MS);
    longest.unref();
    this.streams.add(stream);
    this.connections.add(connection);
    connection.once('close', () => this.connections.delete(connection));
    stream.once('close', () => {
      clearTimeout(longest);
      this.streams.delete(stream);
      if (this.streams.size === 0) this.rest();
    });
    if (this.pulse !== null) stream.tell('pulse', 'pulse', this.pulse);
    this.lookNow();
    return stream;
  }

  /** An open stream would keep the server from closing, and so would what a page has not read of it yet. */
  async onModuleDestroy(): Promise<void> {
    this.isClosing = true;
    clearTimeout(this.timer);
    for (const stream of this.streams) stream.end();
    const closed = [...this.connections].map(
      async (connection) => new Promise<void>((resolve) => connection.once('close', resolve)),
    );
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => (timer = setTimeout(resolve, FAREWELL_MS)));
    await Promise.race([Promise.all(closed), patience]);
    clearTimeout(timer);
    for (const connection of this.connections) connection.destroy();
    await this.looking;
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.pulse = null;
  }

  private lookNow(): void {
    clearTimeout(this.timer);
    this.looking ??= this.look()
      // The database is away; the next look may find it.
      .catch(() => undefined)
      .finally(() => {
        this.looking = null;
        if (this.isClosing || this.streams.size === 0) return;
        this.timer = setTimeout(() => this.lookNow(), POLL_MS);
        this.timer.unref();
      });
  }

  private async look(): Promise<void> {
    const [counts, version] = await Promise.all([this.counts.read(), this.store.overview.version()]);
    const pulse = { counts, version };
    const now = performance.now();
    const due = now - this.pulsedAt > PULSE_MS;
    if (due || JSON.stringify(pulse) !== JSON.stringify(this.pulse)) this.pulsedAt = now;
    this.pulse = pulse;
    for (const stream of this.streams) stream.tell('pulse', 'pulse', pulse, due);
    await this.tellJobs();
  }

  private async tellJobs(): Promise<void> {
    const watched = [...new Set([...this.streams].flatMap((stream) => [...stream.watched]))];
    if (watched.length === 0) return;
    const [{ rows }, lastLogs] = await Promise.all([
      this.store.search.summaries({ uuids: watched }, { limit: watched.length }),
      this.store.jobs.lastLogs(watched),
    ]);
    for (const row of rows) {
      const uuid = row.uuid as string;
      const redaction = this.redactor.of(dashboardJob(row));
      for (const stream of this.streams) {
        if (!stream.watched.has(uuid)) continue;
        const event: JobEvent = {
          job: jobSummary(row, stream.rights, redaction),
          lastLog: lastLogs.get(uuid) ?? null,
        };
        stream.tell(uuid, 'job', event);
      }
    }
  }
}

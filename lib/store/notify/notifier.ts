import { randomInt, randomUUID } from 'node:crypto';
import { type Observable, Subject } from 'rxjs';
import { type QueueDatabase, namedStatement, type Statement } from '../connection/database.js';
import { textArray } from '../connection/array-literal.js';
import type { Tables } from '../connection/tables.js';
import { EndNotices } from './end-notices.js';
import { merge, type NotifierMessage, readMessage } from './notifier-message.js';
import { OnDemandListener } from './on-demand-listener.js';
import type { ReadyJobs } from './ready-jobs.js';

/** Between two notifications of one process; all that is told meanwhile goes with the next. */
const GAP_MS = 3;

/** Between two statements that send events, and how many notifications may wait for one: what is more is dropped. */
const EVENT_GAP_MS = 20;
const MOST_EVENT_TEXTS = 500;

/** A notification of 8,000 bytes or more can't be sent; characters may have more than one. */
const MOST_BYTES = 7_000;

/**
 * After a notification was refused, as while a listener elsewhere sits in a transaction and PostgreSQL's queue of them is
 * full, none goes with a call for this long, in milliseconds.
 */
const FULL_MS = 5_000;

/** A program limit was exceeded, and a value that is too long: 54000 and 22023. */
const NOTIFICATION_CODES = new Set(['54000', '22023']);

/** After that, a statement of ours that could take the notification along gets this long to come by, in milliseconds. */
const ATTACH_MS = 2;

/**
 * Wakes who waits: the runner of this process at once, those of other processes by NOTIFY.
 *
 * PostgreSQL holds one lock over the whole database from NOTIFY to the end of the commit, so notifying transactions
 * commit one by one. That is why no transaction of the application ever notifies. An INSERT in a transaction of our own
 * takes the notification along, unless another one is at its commit with one: a commit for the notification alone makes
 * PostgreSQL flush its log once more, for which the next INSERT waits (with one caller, a fifth to a third of the rate).
 * What is lost, or was inserted by hand, is found by polling.
 */
export class Notifier {
  private readonly subject = new Subject<NotifierMessage>();
  private readonly lostSubject = new Subject<void>();
  private readonly origin = randomUUID();
  private readonly statement: Statement;
  private readonly eventStatement: Statement;
  private eventTexts: string[] = [];
  private sendingEvents: Promise<void> | null = null;
  private pending: NotifierMessage | null = null;
  private flushing: Promise<void> | null = null;
  /** When the next notification may go, by the monotonic clock. */
  private nextAt = 0;
  private closed = false;
  /** See {@link ReadyJobs.lot}: one for all that goes with the next notification, so that it can be merged. */
  private lot = randomLot();
  /** The node of this process, if it has room for these jobs now. */
  preferred: ((jobs: ReadyJobs) => number | undefined) | null = null;
  /** Whether the node of this process is the only one, as far as it knows. */
  alone: (() => boolean) | null = null;
  /** Who is told of the ends of jobs. */
  readonly ends: EndNotices;
  /** How this process hears the others. */
  readonly listener: OnDemandListener;

  /** @param listens - false where nothing can be heard: the option `listen` */
  constructor(
    private readonly database: QueueDatabase,
    private readonly tables: Tables,
    listens = true,
  ) {
    this.ends = new EndNotices(async (texts) => this.sendEach(texts));
    this.listener = new OnDemandListener(database, tables, listens, {
      notified: (payload) => this.receive(payload),
      opened: () => this.subject.next({ hears: true }),
    });
    // Not worth waiting for the disk: the message is for those who live now.
    this.statement = namedStatement(
      'queue_job_notify',
      `SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)`,
    );
    this.eventStatement = namedStatement(
      'queue_job_notify_events',
      `SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, p) FROM unnest($2::text[]) p`,
    );
  }

  /** What this process hears, of itself and of the others. */
  get messages(): Observable<NotifierMessage> {
    return this.subject.asObservable();
  }

  /** A notification that PostgreSQL did not take: what it was about is found by polling. */
  get lost(): Observable<void> {
    return this.lostSubject.asObservable();
  }

  /** Tells everybody. */
  publish(message: NotifierMessage): void {
    const stamped = this.stamped(message);
    this.subject.next(stamped);
    this.publishRemote(stamped);
  }

  /**
   * Decides who comes for these jobs: the node of this process, if it has room, else those that follow from a number. All
   * who are notified of them, here and elsewhere, must get the same.
   */
  stamp(jobs: readonly ReadyJobs[]): readonly ReadyJobs[] {
    return jobs.map((one) => {
      if (one.lot !== undefined) return one;
      const first = one.passed === undefined && one.freed === undefined ? this.preferred?.(one) : undefined;
      return { lot: this.lot, ...(first !== undefined && { first }), ...one };
    });
  }

  /** Tells only the others. */
  publishRemote(message: NotifierMessage): void {
    const { ended, events: _, ...shared } = this.stamped(message);
    if (ended !== undefined && this.listener.nodeHears) this.ends.tell(ended);
    else if (ended !== undefined) this.ends.tellUnasked(ended);
    if (this.closed || Object.keys(shared).length === 0) return;
    this.pending = merge(this.pending, shared);
    this.flushing ??= this.flush().finally(() => (this.flushing = null));
  }

  /** Jobs have ended on the node of this process: those hear of it who wait, here and elsewhere. */
  publishEnded(uuids: string[]): void {
    this.subject.next({ ended: uuids });
    this.ends.tell(uuids);
  }

  /** Whether this process hears others, and there are any. Where it can, it is about to, as long as this is asked. */
  hearsOthers(): boolean {
    this.listener.keep();
    return this.listener.hears && this.alone?.() !== true;
  }

  /** Tells only this process. */
  publishLocal(message: NotifierMessage): void {
    this.subject.next(message);
  }

  /**
   * Sends a statement that stores ready jobs and can take a notification along, and tells the others by that or else
   * afterwards.
   *
   * @param jobs - these, with a stamp
   * @param send - gets the notification, null where one went a moment ago; answers whether it went along
   */
  async attach<T extends { readonly notified: boolean }>(
    jobs: readonly ReadyJobs[],
    send: (notification: string | null) => Promise<T>,
  ): Promise<T> {
    const notified = this.pending;
    const payload = this.payload(merge({ ...notified }, { jobs }));
    const now = performance.now();
    if (this.closed || now < this.nextAt || Buffer.byteLength(payload) >= MOST_BYTES) return send(null);
    this.nextAt = now + GAP_MS;
    // All that is to be told goes along: while calls come one after the other, nothing might get its turn to go alone.
    this.pending = null;
    this.lot = randomLot();
    let gone = false;
    let full = false;
    try {
      const answer = await send(payload);
      gone = answer.notified;
      return answer;
    } catch (error) {
      if (!isAboutNotifications(error)) throw error;
      full = true;
      this.lostSubject.next();
      return await send(null);
    } finally {
      if (!gone) {
        this.nextAt = full ? performance.now() + FULL_MS : now;
        if (notified !== null) this.publishRemote(notified);
      }
    }
  }

  private stamped(message: NotifierMessage): NotifierMessage {
    return message.jobs === undefined ? message : { ...message, jobs: this.stamp(message.jobs) };
  }

  tellEvents(what: 'listening' | 'asking'): void {
    this.queueEvents([`{"eventTalk":"${what}"}`]);
  }

  sendEvents(texts: readonly string[]): void {
    this.queueEvents(texts.map((text) => `{"events":${text}}`));
  }

  /** Apart from what wakes runners, which must not wait behind it. */
  private queueEvents(texts: readonly string[]): void {
    if (this.closed || this.eventTexts.length + texts.length > MOST_EVENT_TEXTS) return;
    this.eventTexts.push(...texts);
    this.sendingEvents ??= this.flushEvents().finally(() => (this.sendingEvents = null));
  }

  private async flushEvents(): Promise<void> {
    while (this.eventTexts.length > 0 && !this.closed) {
      try {
        await this.sendEach(this.eventTexts.splice(0));
      } catch {
        // Nobody is promised to hear of everything.
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, EVENT_GAP_MS));
    }
  }

  /** One notification for each text, in one statement. */
  private async sendEach(texts: readonly string[]): Promise<void> {
    const payloads = texts.map((text) => `${this.origin} ${text}`);
    await this.database.run(this.eventStatement, [this.tables.notifications, textArray(payloads)]);
  }

  /** A notification came in. */
  receive(payload: string): void {
    const [origin, text] = split(payload);
    if (origin === this.origin) return;
    const message = readMessage(text);
    if (message.awaits !== undefined) this.ends.note(message.awaits);
    if (message.ended !== undefined) this.ends.forget(message.ended);
    this.subject.next(message);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.flushing;
    await this.sendingEvents;
    await this.ends.close();
    await this.listener.close();
    this.subject.complete();
  }

  private async flush(): Promise<void> {
    while (this.pending !== null) {
      const wait = this.nextAt - performance.now();
      if (wait > 0) {
        await new Promise((resolve) => setTimeout(resolve, wait + ATTACH_MS));
        continue;
      }
      const message = this.pending;
      this.pending = null;
      this.lot = randomLot();
      this.nextAt = performance.now() + GAP_MS;
      const payload = this.payload(message);
      try {
        // Those who hear less ask for more.
        await this.database.run(this.statement, [
          this.tables.notifications,
          Buffer.byteLength(payload) < MOST_BYTES
            ? payload
            : this.payload({ ready: true, config: true, nodes: true }),
        ]);
      } catch {
        // The database is away; the nodes look for work when they come back to it.
        this.lostSubject.next();
        return;
      }
    }
  }

  private payload(message: NotifierMessage): string {
    return `${this.origin} ${JSON.stringify(message)}`;
  }
}

/** The statement was refused, perhaps since its notification was: then it has stored nothing, and can be sent without. */
function isAboutNotifications(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && NOTIFICATION_CODES.has(code);
}

const randomLot = (): number => randomInt(2 ** 32);

function split(payload: string): [string, string] {
  const blank = payload.indexOf(' ');
  return [payload.slice(0, blank), payload.slice(blank + 1)];
}

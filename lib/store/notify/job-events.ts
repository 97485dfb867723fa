import { Logger } from '@nestjs/common';
import { merge, Observable, type Observer, Subject, type Subscription } from 'rxjs';
import { messageOf, toError } from '../../common/to-error.js';
import type { JobEvent } from '../../job/job-event.js';
import { encodeEvents, readEvents } from './event-text.js';

/** How events get to other processes, and from there. */
export interface EventTransport {
  /** Sends these texts to all others. */
  sendEvents(texts: readonly string[]): void;
  /** Says that somebody here listens to the whole cluster, or asks who does. */
  tellEvents(what: 'listening' | 'asking'): void;
}

/** How often a process repeats that it listens to the cluster, and for how long that counts, in milliseconds. */
const REPEAT_MS = 10_000;
const COUNTS_MS = 35_000;

/**
 * What happens to jobs, for those who listen. Where nobody does, here or in the cluster, no event is even made: ask
 * {@link JobEvents.wanted} first.
 */
export class JobEvents {
  private readonly here = new Subject<JobEvent>();
  private readonly elsewhere = new Subject<JobEvent>();
  private transport: EventTransport | undefined;
  /** Until when other processes want the events of this one, by the monotonic clock. */
  private wantedUntil = 0;
  private listeners = 0;
  private repeating: NodeJS.Timeout | undefined;
  /** What happens in this process. */
  readonly local: Observable<JobEvent> = new GuardedObservable((observer) => this.here.subscribe(observer));
  /** What happens in all processes. */
  readonly cluster: Observable<JobEvent> = new GuardedObservable((observer) => {
    this.listen(1);
    const subscription = merge(this.here, this.elsewhere).subscribe(observer);
    subscription.add(() => this.listen(-1));
    return subscription;
  });

  /** Whether anybody listens. */
  get wanted(): boolean {
    return this.here.observed || this.wantedElsewhere;
  }

  /** Called where a node has its connection. */
  connect(transport: EventTransport): void {
    this.transport = transport;
    transport.tellEvents('asking');
    if (this.listeners > 0) transport.tellEvents('listening');
  }

  emit(events: readonly JobEvent[]): void {
    if (events.length === 0) return;
    for (const event of events) this.here.next(event);
    if (this.wantedElsewhere) this.transport?.sendEvents(encodeEvents(events));
  }

  /** Something came from another process, which may be anybody who can send a notification. */
  received(events: unknown, talk: 'listening' | 'asking' | undefined): void {
    if (talk === 'listening') this.wantedUntil = performance.now() + COUNTS_MS;
    if (talk === 'asking' && this.listeners > 0) this.transport?.tellEvents('listening');
    if (this.listeners === 0) return;
    for (const event of readEvents(events)) this.elsewhere.next(event);
  }

  close(): void {
    clearInterval(this.repeating);
    this.here.complete();
    this.elsewhere.complete();
  }

  private get wantedElsewhere(): boolean {
    return this.wantedUntil > 0 && performance.now() < this.wantedUntil;
  }

  private listen(by: 1 | -1): void {
    this.listeners += by;
    if (this.listeners === 0) {
      clearInterval(this.repeating);
      this.repeating = undefined;
    } else if (this.repeating === undefined) {
      this.transport?.tellEvents('listening');
      this.repeating = setInterval(() => this.transport?.tellEvents('listening'), REPEAT_MS).unref();
    }
  }
}

/** Its subscribers may throw: rxjs would rethrow that where nobody catches it, and end the process with all its jobs. */
class GuardedObservable extends Observable<JobEvent> {
  private static readonly logger = new Logger('QueueJob');

  constructor(attach: (observer: Observer<JobEvent>) => Subscription) {
    super((subscriber) => attach(subscriber));
  }

  override subscribe(
    given?: Partial<Observer<JobEvent>> | ((event: JobEvent) => void) | null,
    ...more: never[]
  ): Subscription {
    const observer = typeof given === 'function' ? { next: given } : given;
    // Operators and subjects have their own way with errors: they pass them on.
    if (observer === null || observer === undefined || isSubscriber(observer) || more.length > 0)
      return super.subscribe(given as never, ...more);
    return super.subscribe({
      ...(observer.error === undefined ? {} : { error: (error: unknown) => observer.error?.(error) }),
      complete: () => observer.complete?.(),
      next: (event) => {
        try {
          const answer: unknown = observer.next?.(event);
          if (answer instanceof Promise) answer.catch((error: unknown) => this.complain(error));
        } catch (error) {
          this.complain(error);
        }
      },
    });
  }

  private complain(error: unknown): void {
    GuardedObservable.logger.error(`A listener to job events threw: ${messageOf(toError(error))}`);
  }
}

const isSubscriber = (observer: object): boolean => 'isStopped' in observer;

import { signal } from '@preact/signals';
import type { JobEvent, PulseEvent } from '../../api/cluster.api.js';

export type LiveStatus = 'connecting' | 'live' | 'paused' | 'lost';

/** Between attempts after the server refused the stream: EventSource itself gives up then. Milliseconds. */
const FIRST_RETRY = 1_000;
const LAST_RETRY = 30_000;
/** Without any event for so long the stream is taken for lost: the server sends a pulse at least every 15 s. */
const SILENCE = 30_000;

/** The one stream of events of this page. It rests while nobody looks. */
export class Live {
  readonly status = signal<LiveStatus>('connecting');
  readonly pulse = signal<PulseEvent | null>(null);
  readonly job = signal<JobEvent | null>(null);
  #source: EventSource | null = null;
  #watched: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delay = FIRST_RETRY;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly url: (query: { job?: string }) => string) {}

  start(): void {
    document.addEventListener('visibilitychange', () => this.#open());
    // A page in the back-forward cache must hold no connection.
    window.addEventListener('pagehide', () => this.#close());
    window.addEventListener('pageshow', (event) => event.persisted && this.#open());
    this.#open();
  }

  /** Also tells of one job, until the answer is called. */
  watch(uuid: string): () => void {
    this.#watched = uuid;
    this.job.value = null;
    this.#open();
    return () => {
      if (this.#watched === uuid) {
        this.#watched = null;
        this.job.value = null;
        this.#open();
      }
    };
  }

  #open(): void {
    this.#close();
    if (document.hidden) {
      this.status.value = 'paused';
      return;
    }
    this.status.value = 'connecting';
    const source = new EventSource(this.url(this.#watched === null ? {} : { job: this.#watched }));
    this.#source = source;
    source.addEventListener('open', () => {
      this.#delay = FIRST_RETRY;
      this.#heard();
    });
    source.addEventListener('pulse', (event) => {
      this.#heard();
      this.pulse.value = JSON.parse(event.data as string) as PulseEvent;
    });
    source.addEventListener('job', (event) => {
      this.job.value = JSON.parse(event.data as string) as JobEvent;
    });
    source.addEventListener('error', () => {
      clearTimeout(this.#silence);
      this.status.value = 'lost';
      if (source.readyState === EventSource.CLOSED) {
        this.#timer = setTimeout(() => this.#open(), this.#delay);
        this.#delay = Math.min(this.#delay * 2, LAST_RETRY);
      }
    });
  }

  /** A connection may go silent without an end, such as when a computer wakes up. */
  #heard(): void {
    this.status.value = 'live';
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#open();
      this.status.value = 'lost';
    }, SILENCE);
  }

  #close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#source?.close();
    this.#source = null;
  }
}

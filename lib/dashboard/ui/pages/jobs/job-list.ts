import { batch, signal } from '@preact/signals';
import type { JobPage, JobPageQuery, JobSummary } from '../../../api/jobs.api.js';
import type { JobSortName } from '../../../api/lists.api.js';
import { ProblemError } from '../../app/problem-error.js';
import { statesOf, type Filters } from './filters.js';

/** A row stays where it is, whatever becomes of its job, until the list is read again. */
export interface JobRow {
  readonly job: JobSummary;
  readonly past: 'moved' | 'gone' | null;
}

type Read = (query: JobPageQuery, signal?: AbortSignal) => Promise<JobPage>;

export const PAGE_SIZE = 50;
/** In another order there is one page. */
const MOST_SORTED = 200;
/** As many as the server gives by uuid at once. */
const MOST_REFRESHED = 200;

/** The jobs that fit, page by page, the newest first, kept up to date in place. */
export class JobList {
  /** Null until the first page is there. */
  readonly rows = signal<readonly JobRow[] | null>(null);
  readonly error = signal<ProblemError | null>(null);
  readonly loading = signal(false);
  /** There are older ones. */
  readonly next = signal<string | null>(null);
  readonly searchedTo = signal<string | null>(null);
  /** It goes on by itself to what is older, since what was found doesn't fill a page yet. */
  readonly searching = signal(false);
  /** Jobs that fit and don't stand here yet; `PAGE_SIZE` means: or more. */
  readonly fresh = signal(0);
  #refreshing = false;
  #search = 0;

  constructor(
    readonly filters: Filters,
    readonly sort: JobSortName,
    private readonly read: Read,
  ) {}

  /** The first page, instead of what is there. */
  async load(): Promise<void> {
    await this.#get({}, (page) => {
      this.rows.value = page.jobs.map((job) => ({ job, past: null }));
      this.fresh.value = 0;
    });
    await this.search();
  }

  /** One more page, below. */
  async older(): Promise<void> {
    await this.#older();
    await this.search();
  }

  /** Goes back through the history until a page is full, the history ends, or {@link stop} is called. */
  async search(): Promise<void> {
    const round = (this.#search += 1);
    const wanted = (this.rows.peek()?.length ?? 0) + 1;
    const full = Math.ceil(wanted / PAGE_SIZE) * PAGE_SIZE;
    while (this.#hasMoreToSearch() && (this.rows.peek()?.length ?? 0) < full) {
      this.searching.value = true;
      await this.#older();
      if (round !== this.#search) {
        return;
      }
    }
    this.searching.value = false;
  }

  stop(): void {
    this.#search += 1;
    this.searching.value = false;
  }

  #hasMoreToSearch(): boolean {
    return this.error.peek() === null && this.searchedTo.peek() !== null && this.next.peek() !== null;
  }

  async #older(): Promise<void> {
    const cursor = this.next.peek();
    if (cursor !== null) {
      await this.#get({ cursor }, (page) => {
        const rows = this.rows.peek() ?? [];
        const known = new Set(rows.map(({ job }) => job.uuid));
        const more = page.jobs.filter(({ uuid }) => !known.has(uuid)).map((job) => ({ job, past: null }));
        this.rows.value = [...rows, ...more];
      });
    }
  }

  /** Reads again the rows that are seen, and looks whether there are new ones. */
  async refresh(seen: readonly string[]): Promise<void> {
    const before = this.rows.peek();
    if (before === null || this.#refreshing || this.loading.peek()) {
      return;
    }
    this.#refreshing = true;
    const uuids = seen.slice(0, MOST_REFRESHED);
    try {
      const [again, first] = await Promise.all([
        uuids.length === 0 ? null : this.read({ uuids: uuids.join(','), limit: String(MOST_REFRESHED) }),
        this.read(this.#query()),
      ]);
      if (this.rows.peek() === before) {
        this.#renew(before, new Set(uuids), again?.jobs ?? [], first);
      }
    } catch (error) {
      // What stands here stays; the stream of events says that the server is away.
      if (!(error instanceof ProblemError)) {
        throw error;
      }
    } finally {
      this.#refreshing = false;
    }
  }

  #renew(
    before: readonly JobRow[],
    asked: ReadonlySet<string>,
    again: readonly JobSummary[],
    first: JobPage,
  ): void {
    const latest = new Map([...again, ...first.jobs].map((job) => [job.uuid, job]));
    const known = new Set(before.map(({ job }) => job.uuid));
    const fresh = first.jobs.filter(({ uuid }) => !known.has(uuid));
    batch(() => {
      // Where nothing stands, nothing jumps.
      this.rows.value =
        before.length === 0
          ? fresh.map((job) => ({ job, past: null }))
          : before.map((row) => this.#rowOf(row, asked, latest));
      this.fresh.value = before.length === 0 ? 0 : fresh.length;
      if (before.length === 0) {
        this.next.value = first.next;
        this.searchedTo.value = first.searchedTo;
      }
    });
  }

  #rowOf(row: JobRow, asked: ReadonlySet<string>, latest: ReadonlyMap<string, JobSummary>): JobRow {
    const job = latest.get(row.job.uuid);
    if (job === undefined) {
      return asked.has(row.job.uuid) ? { job: row.job, past: 'gone' } : row;
    }
    const states = statesOf(this.filters);
    return { job, past: states.length > 0 && !states.includes(job.state) ? 'moved' : null };
  }

  #query(): JobPageQuery {
    return this.sort === 'newest'
      ? { ...this.filters, limit: String(PAGE_SIZE) }
      : { ...this.filters, sort: this.sort, limit: String(MOST_SORTED) };
  }

  async #get(more: JobPageQuery, put: (page: JobPage) => void): Promise<void> {
    this.loading.value = true;
    try {
      const page = await this.read({ ...this.#query(), ...more });
      batch(() => {
        put(page);
        this.next.value = page.next;
        this.searchedTo.value = page.searchedTo;
        this.error.value = null;
      });
    } catch (error) {
      this.error.value = error instanceof ProblemError ? error : ProblemError.unreachable(error);
    } finally {
      this.loading.value = false;
    }
  }
}

import { signal } from '@preact/signals';
import type { ActionProgress, ActionRequest, JobActionName } from '../../api/actions.api.js';
import type { JobQuery, JobSummary } from '../../api/jobs.api.js';
import type { Api } from '../app/api.js';
import { ProblemError } from '../app/problem-error.js';
import { EMPTY_SETTINGS, settingsOf } from './job-settings.js';

export type ActionJob = Pick<JobSummary, 'uuid' | 'description' | 'actions' | 'priority' | 'channel'>;

/** Jobs that somebody sees, or all that fit a filter, seen or not. */
export type ActionTarget = { readonly jobs: readonly ActionJob[] } | { readonly filter: JobQuery };

export type ActionPhase =
  | { readonly is: 'counting' }
  /**
   * `grown`: more match than when they were counted; nothing was done yet. `problem`: the server says what is wrong with the
   * settings.
   */
  | {
      readonly is: 'asking';
      readonly count: number;
      readonly grown: boolean;
      readonly problem: ProblemError | null;
    }
  | { readonly is: 'running' | 'ended'; readonly progress: ActionProgress }
  | { readonly is: 'refused'; readonly error: ProblemError };

const NOTHING_YET: ActionProgress = { total: 0, seen: 0, changed: 0, unchanged: [], ended: false };

/** One action on jobs: counted, asked for, done batch by batch. */
export class JobAction {
  readonly phase = signal<ActionPhase>({ is: 'counting' });
  /** For `update`. */
  readonly settings = signal(EMPTY_SETTINGS);
  readonly #abort = new AbortController();
  #request: ActionRequest | null = null;

  constructor(
    readonly name: JobActionName,
    readonly target: ActionTarget,
    private readonly api: Api,
  ) {}

  /** Finds out how many it is about; the question follows. */
  async count(): Promise<void> {
    if ('jobs' in this.target) {
      this.#ask({ uuids: this.target.jobs.map(({ uuid }) => uuid) }, this.target.jobs.length);
      return;
    }
    const { filter } = this.target;
    this.phase.value = { is: 'counting' };
    try {
      const { count, at } = await this.api.countAllJobs(filter, this.#abort.signal);
      // What is stored from now on was not counted, and is left alone.
      const to = filter.to !== undefined && Date.parse(filter.to) < Date.parse(at) ? filter.to : at;
      this.#ask({ filter: { ...filter, to }, expected: count }, count);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Does it, now that somebody has said yes. */
  async run(): Promise<void> {
    const asking = this.phase.peek();
    const request = this.#withSettings();
    if (request === null || asking.is !== 'asking') {
      return;
    }
    let progress = NOTHING_YET;
    this.phase.value = { is: 'running', progress };
    try {
      for await (const line of this.api.act(this.name, request, this.#abort.signal)) {
        progress = line;
        this.phase.value = { is: line.ended ? 'ended' : 'running', progress };
      }
      if (!progress.ended) {
        this.#breakOff(progress, '');
      }
    } catch (error) {
      const problem = error instanceof ProblemError ? error.problem : null;
      if (problem?.status === 409 && problem.count !== undefined && 'filter' in request) {
        this.#ask({ ...request, expected: problem.count }, problem.count, true);
      } else if (problem?.errors?.some(({ path }) => path.startsWith('set')) === true) {
        this.phase.value = { ...asking, problem: error as ProblemError };
      } else if (this.#abort.signal.aborted) {
        this.#breakOff(progress, '');
      } else if (progress === NOTHING_YET) {
        this.#refuse(error);
      } else {
        this.#breakOff(progress, error instanceof Error ? error.message : String(error));
      }
    }
  }

  /** The server ends after the batch under way; what was changed stays so. */
  stop(): void {
    this.#abort.abort();
  }

  #ask(request: ActionRequest, count: number, grown = false): void {
    this.#request = request;
    this.phase.value = { is: 'asking', count, grown, problem: null };
  }

  /** Null while it can't be sent. */
  #withSettings(): ActionRequest | null {
    if (this.name !== 'update' || this.#request === null) {
      return this.#request;
    }
    const { set } = settingsOf(this.settings.peek());
    return set === null ? null : { ...this.#request, set };
  }

  #refuse(error: unknown): void {
    if (!this.#abort.signal.aborted) {
      const problem = error instanceof ProblemError ? error : ProblemError.unreachable(error);
      this.phase.value = { is: 'refused', error: problem };
    }
  }

  #breakOff(progress: ActionProgress, error: string): void {
    this.phase.value = { is: 'ended', progress: { ...progress, ended: true, error } };
  }
}

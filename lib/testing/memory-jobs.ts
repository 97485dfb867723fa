import type { JobDraft } from '../enqueue/job-draft.js';
import { storedJob } from '../enqueue/job-draft.js';
import type { GraphDraft } from '../enqueue/graph/graph-draft.js';
import { IdentityTakenError } from '../errors/identity-taken.error.js';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import type { Attempt } from '../inspect/attempts.js';
import type { QueueJob } from '../store/entities/queue-job.entity.js';

/** A job of a test, with what the database would keep beside it. */
export interface MemoryJob {
  readonly draft: JobDraft;
  readonly job: QueueJob;
  readonly parents: readonly MemoryJob[];
  readonly attempts: Attempt[];
  readonly logs: { retry: number; date: Date; message: string; data: unknown }[];
  /** How it failed, for those who wait for it. */
  error: Error | null;
}

const WAITING: readonly string[] = ['pending', 'wait_dependencies'];

/** The jobs of a test, in the order in which they were stored; keys deduplicate them as in the database. */
export class MemoryJobs {
  readonly all: MemoryJob[] = [];
  /** How far `advanceTime()` has moved the clock, in milliseconds. */
  offset = 0;
  private seq = 0;

  now(): Date {
    return new Date(Date.now() + this.offset);
  }

  find(uuid: string): MemoryJob | undefined {
    return this.all.find(({ job }) => job.uuid === uuid);
  }

  holderOf(key: string): MemoryJob | undefined {
    return this.all.find(({ job }) => {
      if (job.identityKey !== key) return false;
      return WAITING.includes(job.state) || (job.identityUntilDone && job.state === 'started');
    });
  }

  /** Stores graphs whole; one whose keyed jobs all have a waiting twin is answered with these. By the drafts' uuids. */
  add(graphs: readonly GraphDraft[]): Map<string, MemoryJob> {
    const answers = new Map<string, MemoryJob>();
    for (const { drafts, dependencies } of graphs) {
      const [first] = drafts;
      const replaced = first === undefined || drafts.length > 1 ? undefined : this.replaced(first);
      if (first !== undefined && replaced !== undefined) {
        answers.set(first.job.uuid, replaced);
        continue;
      }
      const keyed = drafts.filter(({ job }) => job.identityKey !== null);
      const twins = keyed.map(({ job }) => this.holderOf(job.identityKey as string));
      if (keyed.length > 0 && twins.every((twin) => twin !== undefined)) {
        for (const [at, twin] of twins.entries()) {
          twin.job.deduplicated = true;
          answers.set((keyed[at] as JobDraft).job.uuid, twin);
        }
        continue;
      }
      for (const draft of drafts) {
        const parents = dependencies.flatMap(({ parent, child }) =>
          child === draft.job.uuid ? [answers.get(parent) as MemoryJob] : [],
        );
        answers.set(draft.job.uuid, this.store(draft, parents));
      }
    }
    return answers;
  }

  /** The waiting job that has the arguments and properties of a newer call now; undefined where there is none to replace. */
  private replaced(draft: JobDraft): MemoryJob | undefined {
    const { identityKey, maxWait, name, onDuplicate } = draft.job;
    const holder = onDuplicate === 'keep' || identityKey === null ? undefined : this.holderOf(identityKey);
    if (holder === undefined || !WAITING.includes(holder.job.state)) return undefined;
    const { uuid, seq, state, dateCreated, graphUuid, hasChildren } = holder.job;
    if (holder.job.name !== name) {
      throw new IdentityTakenError(
        `The identity key '${identityKey}' of ${name} is taken by job ${uuid} of ${holder.job.name}.`,
      );
    }
    const own = { ...draft, job: { ...draft.job, uuid } };
    const newest = this.jobOf(own);
    const latest = maxWait === null ? Infinity : dateCreated.getTime() + maxWait * 1_000;
    const eta = newest.eta === null ? null : new Date(Math.min(newest.eta.getTime(), latest));
    Object.assign(holder, { draft: own });
    Object.assign(holder.job, newest, {
      seq,
      state,
      dateCreated,
      graphUuid,
      hasChildren,
      eta,
      replaced: true,
    });
    return holder;
  }

  /** What may run now: by priority, then in the order of creation. */
  next(allowed: (entry: MemoryJob) => boolean): MemoryJob | undefined {
    const now = this.now().getTime();
    this.expire(now);
    return this.all
      .filter((entry) => entry.job.state === 'pending' && (entry.job.eta?.getTime() ?? 0) <= now)
      .filter(allowed)
      .sort((a, b) => a.job.priority - b.job.priority || a.job.seq - b.job.seq)[0];
  }

  /** After the end of a job: its dependents may go on, or are cancelled with it. */
  release(parent: MemoryJob): void {
    for (const child of this.all) {
      if (child.job.state !== 'wait_dependencies' || !child.parents.includes(parent)) continue;
      const rule = child.draft.job.onParentFailed;
      const states = child.parents.map(({ job }) =>
        job.state === 'failed' && rule === 'run' ? 'done' : job.state,
      );
      if (parent.job.state === 'failed' && rule === 'cancel') {
        Object.assign(child.job, { state: 'cancelled', result: 'Cancelled since a parent failed' });
        this.release(child);
      } else if (states.every((state) => state === 'done')) child.job.state = 'pending';
      else if (states.every((state) => state === 'done' || state === 'cancelled')) {
        child.job.state = 'cancelled';
        this.release(child);
      }
    }
  }

  /** As the database does with jobs for which it is too late to begin. */
  private expire(now: number): void {
    for (const entry of this.all) {
      const { job } = entry;
      if (!WAITING.includes(job.state) || (job.startBefore?.getTime() ?? Infinity) > now) continue;
      Object.assign(job, { state: 'cancelled', result: 'Expired' });
      this.release(entry);
    }
  }

  clear(): void {
    this.all.length = 0;
  }

  private jobOf(draft: JobDraft): QueueJob {
    const { etaAt, etaIn, uuid } = draft.job;
    const dateCreated = this.now();
    const eta = etaAt ?? (etaIn === null ? null : new Date(dateCreated.getTime() + etaIn * 1_000));
    return storedJob(draft, { uuid, seq: (this.seq += 1), dateCreated, eta, dueIn: null });
  }

  private store(draft: JobDraft, parents: readonly MemoryJob[]): MemoryJob {
    const { uuid } = draft.job;
    const job = this.jobOf(draft);
    const stored: MemoryJob = { draft, job, parents, attempts: [], logs: [], error: null };
    if (this.find(uuid) !== undefined) throw new InvalidJobOptionError(`The job ${uuid} is stored already.`);
    this.all.push(stored);
    return stored;
  }
}

import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { ChangedJobs } from '../../../inspect/job-actions.js';
import { QueueParts } from '../../../services/queue-parts.js';
import type { ActionProgress, JobActionName } from '../../api/actions.api.js';
import { ProblemError } from '../http/problem.error.js';
import type { ParsedAction, ParsedTarget } from '../input/jobs.input.js';
import { changeOf } from '../jobs/job-actions-of.js';
import { JobFinder } from '../jobs/job-finder.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { ActionOutcome } from './outcome.js';

/** Jobs that are looked at before the next word of the progress. */
const BATCH = 500;
/** Milliseconds to count what an action is for. */
const BUDGET = 20_000;
const NAMED = 100;

/** An action that may begin: its jobs were counted. */
interface Plan {
  readonly total: number;
  /** The target and the details in the audit trail. */
  readonly target: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly batches: () => AsyncIterable<readonly string[]>;
}

/** Does things to many jobs, batch by batch. */
@Injectable()
export class JobActions implements OnModuleDestroy {
  private readonly logger = new Logger('QueueJobDashboard');
  private isClosing = false;

  constructor(
    private readonly parts: QueueParts,
    private readonly finder: JobFinder,
    private readonly store: DashboardStore,
  ) {}

  onModuleDestroy(): void {
    this.isClosing = true;
  }

  /**
   * Begins an action, and tells how it goes on. What isn't listened to any more stops after the batch under way.
   *
   * @throws ProblemError of status 409 where more jobs match than were counted before, 422 where there are too many
   */
  async begin(
    action: JobActionName,
    { target: asked, set }: ParsedAction,
    actor: string,
  ): Promise<AsyncGenerator<ActionProgress>> {
    const plan = 'uuids' in asked ? planFor(asked.uuids) : await this.planMatching(asked);
    const { target, total } = plan;
    const details = { ...plan.details, ...(set && { set }) };
    const id = await this.store.audit.write({
      actor,
      action: `jobs.${action}`,
      target,
      details: { ...details, total, ended: false },
    });
    return this.run(action, plan, this.changer(action, set, actor), id);
  }

  private async *run(
    action: JobActionName,
    plan: Plan,
    change: (uuids: readonly string[]) => Promise<ChangedJobs>,
    id: string,
  ): AsyncGenerator<ActionProgress> {
    const outcome = new ActionOutcome(action, plan.total);
    let error: string | undefined = 'Nobody listened any more.';
    try {
      for await (const uuids of plan.batches()) {
        if (this.isClosing) throw new Error('The application is closing.');
        const { changed, unchanged } = await change(uuids);
        outcome.add(changed, unchanged);
        yield outcome.progress({ ended: false });
      }
      error = undefined;
    } catch (thrown) {
      if (!this.isClosing) this.logger.error((thrown as Error).stack);
      error = this.isClosing
        ? 'The application is closing.'
        : 'The log of the application says what went wrong.';
    } finally {
      const { total: _, ...details } = outcome.progress({ ended: true, error });
      await this.store.audit
        .complete(id, { ...details })
        .catch((failure: unknown) => this.logger.error(failure));
    }
    yield outcome.progress({ ended: true, error });
  }

  /** What is done to each batch. */
  private changer(
    action: JobActionName,
    set: ParsedAction['set'],
    actor: string,
  ): (uuids: readonly string[]) => Promise<ChangedJobs> {
    const change = changeOf(action);
    if (change === 'update') {
      return async (uuids) =>
        this.parts.actions.outcome(uuids, await this.parts.updates.updateAll(uuids, set ?? {}));
    }
    return async (uuids) => this.parts.actions.changeAll(change, uuids, actor);
  }

  private async planMatching({
    filter,
    query,
    expected,
  }: Exclude<ParsedTarget, { uuids: unknown }>): Promise<Plan> {
    // Where one more is there than expected, it matters how many, and not before.
    const { count, isWhole } = await this.finder.count(filter, {
      limit: Number.MAX_SAFE_INTEGER,
      budget: BUDGET,
    });
    if (!isWhole) {
      throw new ProblemError(
        422,
        'There are too many rows to look through: narrow the filter, by a time range for instance.',
        {
          code: 'TOO_MANY',
        },
      );
    }
    if (count > expected) {
      throw new ProblemError(409, `${count} jobs match by now, not ${expected}. Nothing was changed.`, {
        code: 'MORE_THAN_EXPECTED',
        count,
      });
    }
    return {
      total: count,
      target: new URLSearchParams(query).toString(),
      details: { expected },
      batches: () => this.matching(filter, count),
    };
  }

  /** Never more than were counted, and each job once: an action may well take it out of the filter, or leave it in. */
  private async *matching(filter: Parameters<JobFinder['page']>[0], count: number): AsyncGenerator<string[]> {
    let left = count;
    let before: string | undefined;
    while (left > 0) {
      const { rows, next } = await this.finder.page(filter, { before, limit: Math.min(BATCH, left) });
      left -= rows.length;
      if (rows.length > 0) yield rows.map((row) => row.uuid as string);
      if (next === null) return;
      before = next;
    }
  }
}

function planFor(uuids: readonly string[]): Plan {
  const [only] = uuids;
  return {
    total: uuids.length,
    target: uuids.length === 1 && only !== undefined ? only : `${uuids.length} jobs`,
    details: uuids.length === 1 ? {} : { uuids: uuids.slice(0, NAMED) },
    batches: async function* batches() {
      for (let at = 0; at < uuids.length; at += BATCH) yield uuids.slice(at, at + BATCH);
    },
  };
}

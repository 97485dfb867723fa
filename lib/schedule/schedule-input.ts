import type { Checks } from '../common/check-properties.js';
import { formatValue } from '../common/format-value.js';
import { DelayableJob } from '../enqueue/graph/delayable-job.js';
import { isIsolated } from '../enqueue/graph/topological-sort.js';
import { InvalidScheduleError } from '../errors/invalid-schedule.error.js';
import type { ArgumentCodec } from '../payload/argument-codec.js';
import type { StoredCall, StoredDefinition, StoredOverride } from '../store/schedules/schedule-definition.js';
import { effectiveOf } from './effective-schedule.js';
import { TicksCache } from './ticks-cache.js';
import type { ScheduleExpression } from './expression/schedule-expression.js';
import {
  named,
  SCHEDULE_CHECKS,
  checkScheduleOptions,
  type ScheduleJobOptions,
  type ScheduleTimingOptions,
  storedExpression,
  storedTiming,
  type ValidScheduleOptions,
} from './schedule-options.js';

/** A schedule that data makes: an expression or an interval, and the call that each tick stores. */
export interface UpsertScheduleOptions extends ScheduleTimingOptions {
  /** Five or six fields, or `@daily` and its kind. */
  readonly cron?: string | undefined;
  /** In place of `cron`: milliseconds, or a duration such as `'5 min'`, a second at least. */
  readonly every?: number | string | undefined;
  /** The call, as `queue.delayable(provider).method(args)` builds it. */
  readonly call: DelayableJob;
}

/** What can be changed of a schedule; `null` gives that one back to its code, or to its last `upsert()`. */
export type ScheduleChange = {
  readonly [Property in 'cron' | 'every' | keyof ScheduleTimingOptions | keyof ScheduleJobOptions]?:
    | (ScheduleTimingOptions & ScheduleJobOptions & Pick<UpsertScheduleOptions, 'cron' | 'every'>)[Property]
    | null;
};

interface ValidUpsert extends ValidScheduleOptions {
  readonly cron?: string;
  readonly every?: number | string;
  readonly call?: DelayableJob;
}

const EXPRESSION_CHECKS = {
  cron: (value: unknown): string => {
    if (typeof value === 'string') return value;
    throw new InvalidScheduleError(
      `cron must be a cron expression such as '0 9 * * MON-FRI', not ${formatValue(value)}.`,
    );
  },
  every: (value: unknown): number | string => value as number | string,
};

const { channel: _channel, priority: _priority, maxRetries: _maxRetries, ...TIMING_CHECKS } = SCHEDULE_CHECKS;

const UPSERT_CHECKS = { ...TIMING_CHECKS, ...EXPRESSION_CHECKS, call: checkCall } as Checks<ValidUpsert>;

const CHANGE_CHECKS = { ...SCHEDULE_CHECKS, ...EXPRESSION_CHECKS };

/**
 * What an upsert defines.
 *
 * @internal
 */
export function readUpsert(
  name: string,
  options: UpsertScheduleOptions,
  codec: ArgumentCodec,
  ticks: TicksCache,
): { jobName: string; call: DelayableJob; definition: StoredDefinition } {
  const where = `Schedule '${name}'`;
  const valid = checkScheduleOptions<ValidUpsert>(where, options, UPSERT_CHECKS);
  const { cron, every, call, ...timing } = valid;
  if (call === undefined)
    throw new InvalidScheduleError(
      `${where}: call must be what queue.delayable(provider).method(args) returns.`,
    );
  const { job } = call.draft;
  const given = call.call.options;
  return {
    jobName: job.name,
    call,
    definition: {
      ...storedTiming(
        where,
        named(where, () => oneOf(cron, every)),
        timing,
        ticks,
      ),
      channel: given.channel === undefined ? null : job.channel,
      priority: job.priority,
      maxRetries: job.maxRetries,
      call: storedCall(call, codec),
    },
  };
}

/**
 * The change of a schedule together with those before it; null if nothing is left of them.
 *
 * @internal
 */
export function readChange(
  name: string,
  change: ScheduleChange,
  before: { definition: StoredDefinition; override: StoredOverride | null },
): StoredOverride | null {
  const where = `Schedule '${name}'`;
  const nothing = Object.entries(change as object).filter(([, value]) => value === null);
  const given = Object.fromEntries(Object.entries(change as object).filter(([, value]) => value !== null));
  const unknown = nothing
    .filter(([key]) => !Object.hasOwn(CHANGE_CHECKS, key))
    .map(([key]) => [key, undefined]);
  const { cron, every, ...valid } = checkScheduleOptions<Omit<ValidUpsert, 'call'>>(
    where,
    { ...given, ...Object.fromEntries(unknown) },
    CHANGE_CHECKS,
  );
  const override: Record<string, unknown> = { ...before.override };
  for (const [key] of nothing) delete override[key];
  if (nothing.some(([key]) => key === 'cron' || key === 'every')) {
    delete override['cron'];
    delete override['every'];
  }
  if (cron !== undefined || every !== undefined)
    Object.assign(
      override,
      named(where, () => asStored(oneOf(cron, every))),
    );
  for (const [key, value] of Object.entries(valid))
    override[key] = value instanceof Date ? value.toISOString() : value;
  const merged = Object.keys(override).length === 0 ? null : (override as StoredOverride);
  named(where, () => new TicksCache().of(effectiveOf({ definition: before.definition, override: merged })));
  return merged;
}

/** Two ways to say when: exactly one of them. */
function oneOf(cron: string | undefined, every: number | string | undefined): ScheduleExpression {
  if ((cron === undefined) === (every === undefined))
    throw new InvalidScheduleError(
      `Give either cron or every, ${cron === undefined ? 'not neither' : 'not both'}.`,
    );
  return cron ?? { every: every ?? '' };
}

const asStored = (expression: ScheduleExpression): Pick<StoredDefinition, 'cron' | 'every'> => {
  // An interval is checked whole before its milliseconds are stored.
  if (typeof expression !== 'string') storedTiming('every', expression, {});
  return storedExpression(expression);
};

function checkCall(value: unknown): DelayableJob {
  if (!(value instanceof DelayableJob)) {
    throw new InvalidScheduleError(
      `call must be what queue.delayable(provider).method(args) returns, not ${formatValue(value)}.`,
    );
  }
  value.mustBeOpen();
  if (!isIsolated(value))
    throw new InvalidScheduleError('call stands in a graph, but each tick stores a single job.');
  const { options, manager } = value.call;
  if (options.eta !== undefined)
    throw new InvalidScheduleError(
      'call has an eta, but the schedule says when its jobs start. Leave it out.',
    );
  if (options.startBefore instanceof Date)
    throw new InvalidScheduleError(
      "call has a Date as startBefore, which would be one for all ticks. Give seconds or a duration, such as '10 min'.",
    );
  if (options.onDuplicate !== undefined && options.onDuplicate !== 'keep')
    throw new InvalidScheduleError(
      `call has onDuplicate: '${options.onDuplicate}', but a tick is kept out by its identity key, or stored. Leave it out.`,
    );
  if (typeof options.identityScope === 'object')
    throw new InvalidScheduleError(
      "call has a window as its identityScope, and a schedule has its times. Give 'waiting' or 'until_done'.",
    );
  if (manager !== undefined)
    throw new InvalidScheduleError(
      'call has a manager, but a schedule is stored in a transaction of its own. Leave it out.',
    );
  return value;
}

function storedCall({ draft: { job, fn } }: DelayableJob, codec: ArgumentCodec): StoredCall {
  const place = (field: 'args' | 'context') => ({ uuid: job.uuid, field });
  return {
    args: codec.sealDraft(job.args, place('args')),
    context: codec.sealDraft(job.context, place('context')),
    description: job.description,
    identityKey: job.identityKey,
    identityUntilDone: job.identityUntilDone,
    tags: job.tags,
    startBeforeIn: job.startBeforeIn,
    userId: job.userId,
    draft: job.uuid,
    defaultChannel: typeof fn.options.defaultChannel === 'function' ? job.channel : fn.channel,
  };
}

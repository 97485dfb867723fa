import 'reflect-metadata';
import { checkName } from '../common/option-checks.js';
import { formatValue } from '../common/format-value.js';
import { InvalidScheduleError } from '../errors/invalid-schedule.error.js';
import { checkDecorated } from '../registry/check-decorated.js';
import { Job } from '../registry/job.decorator.js';
import { JOB_METADATA } from '../registry/registry.tokens.js';
import type { StoredTiming } from '../store/schedules/schedule-definition.js';
import type { ScheduleExpression } from './expression/schedule-expression.js';
import {
  checkScheduleName,
  checkScheduleOptions,
  SCHEDULE_CHECKS,
  type ScheduleJobOptions,
  type ScheduleTimingOptions,
  storedTiming,
  type ValidScheduleOptions,
} from './schedule-options.js';

/** What `@CronJob()` takes beside the expression. All of it can be left out. */
export interface CronJobOptions extends ScheduleTimingOptions, ScheduleJobOptions {
  /** The name of the schedule, 255 characters at most. Default: the name of the job function, `Provider.method`. */
  readonly name?: string | undefined;
  /** The arguments of each call. Default: none. */
  readonly args?: readonly unknown[] | undefined;
}

/** A schedule as a decorator declares it. */
export interface DeclaredSchedule {
  /** Undefined: the name of its job function. */
  readonly name: string | undefined;
  readonly args: readonly unknown[];
  readonly timing: StoredTiming;
  readonly options: ValidScheduleOptions;
}

interface ValidCronJobOptions extends ValidScheduleOptions {
  readonly name?: string;
  readonly args?: readonly unknown[];
}

const CRON_JOB_METADATA = Symbol.for('nestjs-queue-job:cron-job');

const CHECKS = {
  ...SCHEDULE_CHECKS,
  name: (value: unknown) => checkScheduleName(checkName('name', value)),
  args: (value: unknown): readonly unknown[] => {
    if (Array.isArray(value)) return Object.freeze([...(value as unknown[])]);
    throw new InvalidScheduleError(`args must be the list of the arguments, not ${formatValue(value)}.`);
  },
};

/**
 * Runs a method by a schedule, once over all nodes: each tick is stored as a job. The method is a job function, with
 * `@Job()` of its own or without. Several of these on one method need a `name` each.
 *
 * @param expression - five or six fields, `@daily` and its kind, or `{ every: '5 min' }`
 * @throws InvalidScheduleError when the class is loaded, naming the method and what is wrong
 * @example
 * ```ts
 * @CronJob('0 6 * * MON-FRI', { timeZone: 'Europe/Berlin', catchUp: 'last' })
 * async sendReport(): Promise<void> {
 *   const { scheduledAt } = currentJob().tick!;
 * }
 * ```
 */
export function CronJob(expression: ScheduleExpression, options: CronJobOptions = {}): MethodDecorator {
  return (target, key, descriptor) => {
    const { name: method, where: place } = checkDecorated('@CronJob()', target, key, descriptor);
    const where = `@CronJob on ${place}`;
    const { name, args = [], ...valid } = checkScheduleOptions<ValidCronJobOptions>(where, options, CHECKS);
    const timing = storedTiming(where, expression, valid);
    const jobs = Reflect.getOwnMetadata(JOB_METADATA, target) as ReadonlyMap<string, object> | undefined;
    if (jobs?.has(method) !== true) Job()(target, key, descriptor);
    const before = declaredOn(target, method);
    const declared: DeclaredSchedule = { name, args, timing, options: valid };
    // Decorators run from the last to the first. They are kept beside the method: another decorator may replace it.
    Reflect.defineMetadata(CRON_JOB_METADATA, [declared, ...before], target, method);
  };
}

/** The schedules of a method of a class, inherited ones only where the method is inherited too. */
export function declaredSchedules(prototype: object, methodName: string): readonly DeclaredSchedule[] {
  let owner: object | null = prototype;
  while (owner !== null && !Object.hasOwn(owner, methodName))
    owner = Object.getPrototypeOf(owner) as object | null;
  return owner === null ? [] : declaredOn(owner, methodName);
}

function declaredOn(target: object, key: string): readonly DeclaredSchedule[] {
  return (Reflect.getOwnMetadata(CRON_JOB_METADATA, target, key) as DeclaredSchedule[] | undefined) ?? [];
}

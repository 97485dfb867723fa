import { validate } from 'uuid';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { checkObject, checkText } from './option-checks.js';
import { formatValue } from './format-value.js';

/** Who does something. Every action takes it. */
export interface ActorOptions {
  /**
   * 1 to 255 characters. If it is given, the audit trail (`QueueJobAudit`, and the dashboard's page) says who did what, when
   * and to what. Default: `'the application'`, which only `update()` records.
   *
   * @example
   * ```ts
   * await queue.requeue(uuid, { by: request.user.name });
   * ```
   */
  readonly by?: string;
}

/** @throws InvalidJobOptionError where it is no uuid */
export function checkUuid(uuid: string): string {
  if (validate(uuid)) return uuid;
  throw new InvalidJobOptionError(`${formatValue(uuid)} is not the uuid of a job.`);
}

/** The name of somebody. */
export const checkActor = ({ by = 'the application' }: ActorOptions): string => checkText('by', by);

/** @throws InvalidJobOptionError if these are no options, or `by` is no name */
export function checkActorOptions(call: string, options: ActorOptions): ActorOptions {
  checkActor(checkObject(call, options));
  return options;
}

/** The arguments of a call that was made by name. */
export function checkArguments(args: readonly unknown[]): readonly unknown[] {
  if (Array.isArray(args)) return args;
  throw new InvalidJobOptionError(
    `The arguments of a job are an array, such as [product], not ${formatValue(args)}.`,
  );
}

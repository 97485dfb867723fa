import { validate } from 'uuid';
import { InvalidJobOptionError } from '../errors/invalid-job-option.error.js';
import { checkText } from './option-checks.js';
import { formatValue } from './format-value.js';

/** Who did something, for those who read it later. */
export interface ActorOptions {
  /** 1 to 255 characters. Default: `'the application'`. */
  readonly by?: string;
}

/** @throws InvalidJobOptionError where it is no uuid */
export function checkUuid(uuid: string): string {
  if (validate(uuid)) return uuid;
  throw new InvalidJobOptionError(`${formatValue(uuid)} is not the uuid of a job.`);
}

/** The name of somebody. */
export const checkActor = ({ by = 'the application' }: ActorOptions): string => checkText('by', by);

/** The arguments of a call that was made by name. */
export function checkArguments(args: readonly unknown[]): readonly unknown[] {
  if (Array.isArray(args)) return args;
  throw new InvalidJobOptionError(
    `The arguments of a job are an array, such as [product], not ${formatValue(args)}.`,
  );
}

import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import { normalizeChannelName } from '../channel/channel-name.js';
import { toError } from '../common/to-error.js';
import { InvalidScheduleError } from '../errors/invalid-schedule.error.js';
import { QueueJobError } from '../errors/queue-job.error.js';
import { resolveIdentityKey } from '../job/identity-key.js';
import { checkInput } from '../job/input-schema.js';
import { resolveDescription } from '../job/job-function-options.js';
import { storedTags } from '../job/tags.js';
import { ArgumentCodec } from '../payload/argument-codec.js';
import type { JobFunction } from '../registry/job-function.js';
import { JobExplorer } from '../registry/job-explorer.js';
import type { ProviderBinding } from '../registry/provider-binding.js';
import type { StoredCall } from '../store/schedules/schedule-definition.js';
import { type DeclaredSchedule, declaredSchedules } from './cron-job.decorator.js';

/** A schedule of the code, ready to be stored. */
export interface CodeSchedule {
  readonly name: string;
  readonly fn: JobFunction;
  readonly declared: DeclaredSchedule;
  readonly call: Omit<StoredCall, 'defaultChannel'>;
}

/** Finds the methods with `@CronJob()`, and checks what their ticks would store. */
@Injectable()
export class ScheduleExplorer {
  constructor(
    private readonly jobs: JobExplorer,
    private readonly codec: ArgumentCodec,
  ) {}

  /**
   * @throws InvalidScheduleError where two schedules have one name, and where arguments do not match the schema of their
   *   job function or can't be stored
   */
  explore(): CodeSchedule[] {
    const found = new Map<string, CodeSchedule>();
    const owners = new Map<string, string>();
    for (const { binding, functions } of this.jobs.explore()) {
      for (const fn of functions) {
        const where = `${fn.providerName}.${fn.methodName}`;
        for (const declared of schedulesOf(binding, fn.methodName)) {
          const name = declared.name ?? fn.name;
          const owner = owners.get(name);
          // The same class in two modules is one job function.
          if (owner !== undefined && found.get(name)?.declared === declared) continue;
          if (owner !== undefined) throw duplicate(name, owner, where);
          owners.set(name, where);
          found.set(name, { name, fn, declared, call: this.callOf(name, fn, declared) });
        }
      }
    }
    return [...found.values()];
  }

  private callOf(
    name: string,
    fn: JobFunction,
    { args, options }: DeclaredSchedule,
  ): Omit<StoredCall, 'defaultChannel'> {
    const draft = v7();
    const { codec } = this;
    const text = this.encoded(name, fn, args);
    const key = resolveIdentityKey(fn.options.identityKey, {
      name: fn.name,
      args,
      get canonicalArgs() {
        return codec.canonical(text);
      },
    });
    if (options.channel !== undefined) normalizeChannelName(options.channel);
    return {
      args: codec.sealDraft(codec.seal(text, { uuid: draft, field: 'args' }), { uuid: draft, field: 'args' }),
      context: null,
      description: resolveDescription(fn.options.description ?? fn.name, args, fn.name),
      identityKey: key ?? null,
      identityUntilDone: fn.options.identityScope === 'until_done',
      tags: storedTags(fn.options.tags),
      startBeforeIn: fn.options.startBefore ?? null,
      userId: null,
      draft,
    };
  }

  private encoded(name: string, fn: JobFunction, args: readonly unknown[]): string {
    try {
      if (fn.options.schema !== undefined) checkInput(fn.options.schema, args, fn.name);
      return this.codec.encode(args);
    } catch (error) {
      if (!(error instanceof QueueJobError)) throw error;
      throw new InvalidScheduleError(
        `The arguments of the schedule '${name}' can't be stored: ${toError(error).message}`,
        { cause: error },
      );
    }
  }
}

/** As of job functions, the class that is bound says so first, then that of the token. */
function schedulesOf({ type, tokenClass }: ProviderBinding, methodName: string): readonly DeclaredSchedule[] {
  for (const owner of [type, tokenClass]) {
    const found = owner === undefined ? [] : declaredSchedules(owner.prototype as object, methodName);
    if (found.length > 0) return found;
  }
  return [];
}

const duplicate = (name: string, first: string, second: string): InvalidScheduleError =>
  new InvalidScheduleError(
    `Two schedules are named '${name}': one on ${first}, one on ${second}. Give each a name of its own with @CronJob(…, { name: '…' }).`,
  );

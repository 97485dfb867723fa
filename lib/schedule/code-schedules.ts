import { normalizeChannelName } from '../channel/channel-name.js';
import { Inject, Injectable } from '@nestjs/common';
import { InvalidScheduleError } from '../errors/invalid-schedule.error.js';
import { DEFAULT_MAX_RETRIES, DEFAULT_PRIORITY } from '../job/job-options.js';
import { ArgumentCodec } from '../payload/argument-codec.js';
import { channelFor } from '../registry/job-function.js';
import { storedTags } from '../job/tags.js';
import type { StoredDefinition } from '../store/schedules/schedule-definition.js';
import type { ScheduleRow } from '../store/schedules/schedule-rows.js';
import { Store } from '../store/store.js';
import { channelIn, effectiveOf, ticksAlike } from './effective-schedule.js';
import { type CodeSchedule, ScheduleExplorer } from './schedule-explorer.js';
import { isSameDefinition } from './same-definition.js';
import { TicksCache } from './ticks-cache.js';
import { SCHEDULE_SETTINGS, type ScheduleSettings } from './schedule.settings.js';

/** Brings the schedules of the code into the table, where all nodes find them. */
@Injectable()
export class CodeSchedules {
  private found: readonly CodeSchedule[] | undefined;
  private readonly ticks = new TicksCache();

  constructor(
    private readonly explorer: ScheduleExplorer,
    private readonly store: Store,
    private readonly codec: ArgumentCodec,
    @Inject(SCHEDULE_SETTINGS) private readonly settings: ScheduleSettings,
  ) {}

  /** @throws InvalidScheduleError where two schedules have one name, or arguments can't be stored */
  all(): readonly CodeSchedule[] {
    return (this.found ??= this.explorer.explore());
  }

  /**
   * Stores new schedules and changed ones. A new one has missed nothing, and a changed expression counts from now. Where
   * two processes with different code do so at the same moment, the last one says how it is; a tick is stored once.
   *
   * @throws InvalidScheduleError where `ScheduleService.upsert()` has made a schedule of the same name
   */
  async save(): Promise<void> {
    let open = this.all();
    while (open.length > 0) {
      const { now, rows } = await this.store.schedules.read(open.map(({ name }) => name));
      const left: CodeSchedule[] = [];
      for (const schedule of open) {
        if (!(await this.saveOne(schedule, rows.get(schedule.name), now))) left.push(schedule);
      }
      open = left;
    }
    await this.store.channels.ensure([
      ...new Set(
        this.all()
          .map((one) => this.definitionOf(one))
          .map(channelIn),
      ),
    ]);
  }

  /**
   * Stores those that have no row any more, as after an older backup was restored under this process, or where another
   * node removed one as gone just when this one started. Returns whether there were any.
   */
  async saveMissing(): Promise<boolean> {
    if (this.all().length === 0) return false;
    const { now, rows } = await this.store.schedules.read(this.all().map(({ name }) => name));
    const missing = this.all().filter(({ name }) => !rows.has(name));
    for (const schedule of missing) await this.saveOne(schedule, undefined, now);
    return missing.length > 0;
  }

  /** False where somebody changed the row meanwhile. */
  private async saveOne(schedule: CodeSchedule, row: ScheduleRow | undefined, now: number): Promise<boolean> {
    const { name, fn } = schedule;
    const definition = this.definitionOf(schedule);
    if (row === undefined) {
      const nextTick = this.ticks.after(definition, now, 0);
      return this.store.schedules.insert({ name, source: 'code', jobName: fn.name, definition, nextTick });
    }
    if (row.source === 'data') {
      throw new InvalidScheduleError(
        `The schedule '${name}' of ${fn.providerName}.${fn.methodName} has the name of one that ScheduleService.upsert() made. Give it another name, or remove that one.`,
      );
    }
    if (row.jobName === fn.name && isSameDefinition(row.definition, definition, this.codec)) return true;
    const after = effectiveOf({ definition, override: row.override });
    const isSameTime = ticksAlike(effectiveOf(row), after);
    const isIdle = row.pausedAt !== null;
    const nextTick =
      isSameTime || isIdle
        ? row.nextTick
        : this.ticks.after(after, Math.max(now, row.lastTick ?? now), row.ticks);
    return this.store.schedules.change(row, { jobName: fn.name, definition, nextTick });
  }

  private definitionOf({ fn, declared, call }: CodeSchedule): StoredDefinition {
    const { timing, options } = declared;
    return {
      ...timing,
      channel: options.channel ?? null,
      priority: options.priority ?? fn.options.priority ?? this.settings.priority ?? DEFAULT_PRIORITY,
      maxRetries:
        options.maxRetries ?? fn.options.maxRetries ?? this.settings.maxRetries ?? DEFAULT_MAX_RETRIES,
      call: {
        ...call,
        tags: fn.options.tags === undefined ? storedTags(this.settings.tags) : call.tags,
        startBeforeIn: call.startBeforeIn ?? this.settings.startBefore ?? null,
        identityUntilDone:
          call.identityUntilDone ||
          (call.identityKey !== null &&
            fn.options.identityScope === undefined &&
            this.settings.keys.identityScope === 'until_done'),
        defaultChannel: normalizeChannelName(channelFor(fn, declared.args, this.settings.channel)),
      },
    };
  }
}

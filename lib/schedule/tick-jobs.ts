import { v7 } from 'uuid';
import type { FunctionOverrides } from '../store/functions/function-overrides.js';
import type { ScheduleRow, TickJob } from '../store/schedules/schedule-rows.js';
import { effectiveOf } from './effective-schedule.js';

/** What the job of a tick has, whichever tick it is. */
export function jobOf(row: ScheduleRow, changes: FunctionOverrides): Omit<TickJob, 'tick' | 'delay'> {
  const { call, channel, priority, maxRetries } = effectiveOf(row);
  return {
    uuid: v7(),
    schedule: row.name,
    name: row.jobName,
    channel: channel ?? changes.channelOf(row.jobName) ?? call.defaultChannel,
    priority,
    maxRetries,
    args: call.args,
    description: call.description,
    identityKey: call.identityKey,
    identityUntilDone: call.identityUntilDone,
    tags: call.tags,
    startBeforeIn: call.startBeforeIn,
    userId: call.userId,
    context: call.context,
  };
}

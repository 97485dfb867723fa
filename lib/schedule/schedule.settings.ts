import type { KeyDefaults } from '../job/key-rules.js';

/** Where providers find {@link ScheduleSettings}. */
export const SCHEDULE_SETTINGS = Symbol('nestjs-queue-job:schedule-settings');

/** The module's options, as far as schedules need them. */
export interface ScheduleSettings {
  /** Whether this process has schedules: the module option `schedules`. */
  readonly enabled: boolean;
  /** Milliseconds between two looks where no notification arrives. */
  readonly pollInterval: number;
  readonly channel: string | undefined;
  readonly priority: number | undefined;
  readonly maxRetries: number | undefined;
  readonly tags: readonly string[] | undefined;
  /** Seconds. */
  readonly startBefore: number | undefined;
  readonly keys: KeyDefaults;
}

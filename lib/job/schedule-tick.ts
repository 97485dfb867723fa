/** Which tick of a schedule a job is. */
export interface ScheduleTick {
  /** The name of the schedule. */
  readonly name: string;
  /** The tick itself; for a job of `runNow()`, when it was asked for. The job may start later. */
  readonly scheduledAt: Date;
  /** The tick before it whose job was stored; null for the first. */
  readonly previous: Date | null;
  /** Whether `runNow()` asked for it. */
  readonly manual: boolean;
}

/** A tick as JSON text, as it is stored with its job; null for a job of no schedule. */
export function readTick(text: string | null): ScheduleTick | null {
  if (text === null) return null;
  const stored = JSON.parse(text) as {
    name: string;
    scheduledAt: string;
    previous: string | null;
    manual?: boolean;
  };
  return {
    name: stored.name,
    scheduledAt: new Date(stored.scheduledAt),
    previous: stored.previous === null ? null : new Date(stored.previous),
    manual: stored.manual === true,
  };
}

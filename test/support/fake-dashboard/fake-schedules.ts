import type { JobState } from '../../../lib/job/job-state.js';
import type {
  ScheduleRunView,
  ScheduleTiming,
  ScheduleView,
} from '../../../lib/dashboard/api/schedules.api.js';
import { FakeProblem, found } from './fake-problem.js';

const TIMING: ScheduleTiming = {
  cron: '0 6 * * MON-FRI',
  every: null,
  timeZone: 'Asia/Kolkata',
  startAt: null,
  endAt: null,
  maxTicks: null,
  noOverlap: true,
  catchUp: 'last',
  jitter: 0,
  channel: null,
  priority: 10,
  maxRetries: 5,
};

const run = (at: number, state: JobState): ScheduleRunView => ({
  uuid: `00000000-0000-7000-8000-00000000000${at}`,
  state,
  scheduledAt: `2026-11-2${at}T00:30:00.000Z`,
  manual: false,
  date: `2026-11-2${at}T00:30:02.000Z`,
  execTime: 2,
});

function schedule(name: string, given: Partial<ScheduleView>): ScheduleView {
  return {
    ...TIMING,
    name,
    source: 'code',
    jobName: 'ReportService.send',
    description: 'ReportService.send',
    declared: TIMING,
    changed: [],
    nextTicks: ['2030-01-01T00:30:00.000Z', '2030-01-02T00:30:00.000Z', '2030-01-03T00:30:00.000Z'],
    lastTick: '2026-11-24T00:30:00.000Z',
    lastRun: run(4, 'done'),
    ticks: 12,
    skipped: 3,
    missed: 1,
    dateSkipped: null,
    paused: null,
    gone: false,
    ...given,
  };
}

/** Schedules, and what is done to them. */
export class FakeSchedules {
  readonly all = new Map<string, ScheduleView>(
    [
      schedule('daily report', {}),
      schedule('tenant 7', { source: 'data', cron: null, every: 300_000, timeZone: 'UTC' }),
    ].map((one) => [one.name, one]),
  );

  answer(method: string, name: string | undefined, part: string | undefined, body: string): unknown {
    if (name === undefined) return { schedules: [...this.all.values()], next: null };
    if (method === 'PUT') return this.add(name, JSON.parse(body) as Partial<ScheduleView>);
    const one = found(this.all.get(name));
    if (part === 'runs') return [run(4, 'done'), run(3, 'failed'), run(2, 'done')];
    if (part === 'run') return { uuid: run(4, 'pending').uuid };
    if (method === 'DELETE') {
      this.all.delete(name);
      return { name };
    }
    const change = this.changeOf(one, method, part, body);
    this.all.set(name, { ...one, ...change });
    return this.all.get(name);
  }

  private add(name: string, given: Partial<ScheduleView>): ScheduleView {
    this.all.set(name, schedule(name, { ...given, source: 'data' }));
    return found(this.all.get(name));
  }

  private changeOf(
    one: ScheduleView,
    method: string,
    part: string | undefined,
    body: string,
  ): Partial<ScheduleView> {
    if (part === 'pause') return { paused: { at: new Date().toISOString(), by: 'ada' }, nextTicks: [] };
    if (part === 'resume') return { paused: null };
    if (part === 'reset') return { ...one.declared, changed: [] };
    if (method !== 'PATCH') return {};
    const change = JSON.parse(body) as Partial<ScheduleView>;
    if (change.timeZone === 'Mars/Base')
      throw new FakeProblem(400, 'Bad Request', "The time zone 'Mars/Base' is unknown.");
    return { ...change, changed: ['cron'] };
  }
}

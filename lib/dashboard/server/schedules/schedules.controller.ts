import { Delete, Get, Patch, Post, Put } from '@nestjs/common';
import type { UpsertScheduleOptions } from '../../../schedule/schedule-input.js';
import { InvalidScheduleError } from '../../../errors/invalid-schedule.error.js';
import { QueueJobError } from '../../../errors/queue-job.error.js';
import { ScheduleService } from '../../../schedule/schedule.service.js';
import { QueueParts } from '../../../services/queue-parts.js';
import type { SchedulePage, ScheduleRunView, ScheduleView } from '../../api/schedules.api.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import {
  parseScheduleAdd,
  parseScheduleChange,
  parseScheduleName,
  parseSchedulePage,
} from '../input/schedules.input.js';
import { Described } from '../openapi/described.js';
import {
  SCHEDULE,
  SCHEDULE_ADD,
  SCHEDULE_CHANGE,
  SCHEDULE_PAGE,
  SCHEDULE_RUN,
} from '../openapi/schedule-schemas.js';
import { listOf, record, uuid } from '../openapi/schemas.js';
import { runView, scheduleView } from './schedule-view.js';

const PAGE = 50;
const RUNS = 30;
const ONE = { path: { name: 'A schedule' }, problems: { 404: 'There is no such schedule' } };
const NO_BODY = { type: 'object' };

/** The schedules, and what can be done to them while everything runs. */
@ApiController('schedules')
export class SchedulesController {
  constructor(
    private readonly schedules: ScheduleService,
    private readonly parts: QueueParts,
    private readonly trail: AuditTrail,
  ) {}

  @Get()
  @Described({
    summary: 'Schedules by name, a page at a time',
    query: { search: 'A part of the name or of the job function', cursor: 'The next of the page before' },
    answer: SCHEDULE_PAGE,
  })
  async list({ query }: Call): Promise<SchedulePage> {
    const { search, cursor } = parseSchedulePage(query);
    const found = await this.schedules.list({ search, after: cursor, limit: PAGE + 1 });
    const page = found.slice(0, PAGE);
    return {
      schedules: page.map(scheduleView),
      next: found.length > PAGE ? (page.at(-1)?.name ?? null) : null,
    };
  }

  @Get(':name')
  @Described({ summary: 'A schedule', ...ONE, answer: SCHEDULE })
  async one({ params }: Call): Promise<ScheduleView> {
    return this.viewOf(parseScheduleName(params['name']));
  }

  @Get(':name/runs')
  @Described({ summary: 'Its last thirty jobs, the newest first', ...ONE, answer: listOf(SCHEDULE_RUN) })
  async runs({ params }: Call): Promise<ScheduleRunView[]> {
    return (await this.schedules.runs(parseScheduleName(params['name']), RUNS)).map(runView);
  }

  @Put(':name')
  @Described({
    summary: 'Makes a schedule that calls a job function of this application',
    description:
      'The job function must have `@Job({ schedulable: true })`. The arguments are JSON, with types as they are stored. Give either cron or every.',
    ...ONE,
    problems: { 404: 'There is no such job function' },
    body: SCHEDULE_ADD,
    answer: SCHEDULE,
  })
  async add(call: Call): Promise<ScheduleView> {
    const name = parseScheduleName(call.params['name']);
    const { jobName, args, ...timing } = parseScheduleAdd(await this.allowed(call));
    await this.note(call, 'add', name, { jobName, ...timing }, async () => {
      const fn = this.parts.registry.get(jobName);
      if (fn.options.schedulable !== true) throw notSchedulable(jobName);
      const given = await this.decoded(args);
      const job = this.parts.delayables.build({ fn, args: given, options: {}, manager: undefined });
      try {
        await this.schedules.upsert(name, { ...timing, call: job } as UpsertScheduleOptions);
      } finally {
        this.parts.delayables.forget(job);
      }
    });
    return this.viewOf(name);
  }

  @Patch(':name')
  @Described({
    summary: 'Changes a schedule at once, on all nodes',
    description:
      'What is left out stays; null gives that one back to the code. A changed expression counts from now.',
    ...ONE,
    body: SCHEDULE_CHANGE,
    answer: SCHEDULE,
  })
  async change(call: Call): Promise<ScheduleView> {
    const name = parseScheduleName(call.params['name']);
    const change = parseScheduleChange(await this.allowed(call));
    await this.note(call, 'change', name, { change }, async () => this.schedules.configure(name, change));
    return this.viewOf(name);
  }

  @Post(':name/run')
  @Described({ summary: 'Stores a job of it now', ...ONE, body: NO_BODY, answer: record({ uuid }) })
  async run(call: Call): Promise<{ uuid: string }> {
    const name = await this.existing(call);
    const job = await this.note(call, 'run', name, {}, async () => this.schedules.runNow(name));
    return { uuid: job.uuid };
  }

  @Post(':name/pause')
  @Described({ summary: 'Stores no more ticks of it', ...ONE, body: NO_BODY, answer: SCHEDULE })
  async pause(call: Call): Promise<ScheduleView> {
    const name = await this.existing(call);
    await this.schedules.pause(name, { by: call.requester.actor });
    return this.viewOf(name);
  }

  @Post(':name/resume')
  @Described({ summary: 'Goes on with the next tick to come', ...ONE, body: NO_BODY, answer: SCHEDULE })
  async resume(call: Call): Promise<ScheduleView> {
    const name = await this.existing(call);
    await this.note(call, 'resume', name, {}, async () => this.schedules.resume(name));
    return this.viewOf(name);
  }

  @Post(':name/reset')
  @Described({ summary: 'Gives it back to what the code says', ...ONE, body: NO_BODY, answer: SCHEDULE })
  async reset(call: Call): Promise<ScheduleView> {
    const name = await this.existing(call);
    await this.note(call, 'reset', name, {}, async () => this.schedules.reset(name));
    return this.viewOf(name);
  }

  @Delete(':name')
  @Described({
    summary: 'Removes it, and cancels its jobs that wait',
    ...ONE,
    body: NO_BODY,
    answer: record({ name: { type: 'string' } }),
  })
  async remove(call: Call): Promise<{ name: string }> {
    const name = await this.existing(call);
    await this.schedules.remove(name, { by: call.requester.actor });
    return { name };
  }

  /** @throws InvalidScheduleError where the codec cannot read them */
  private async decoded(args: readonly unknown[]): Promise<readonly unknown[]> {
    try {
      return await this.parts.codec.decode(JSON.stringify(args));
    } catch (error) {
      if (!(error instanceof QueueJobError)) throw error;
      throw new InvalidScheduleError(`The arguments cannot be read: ${error.message}`, { cause: error });
    }
  }

  private async viewOf(name: string): Promise<ScheduleView> {
    return scheduleView(await this.schedules.get(name));
  }

  /** The body of somebody who may change schedules. */
  private async allowed(call: Call): Promise<unknown> {
    call.requester.must('schedules');
    return call.body();
  }

  private async existing(call: Call): Promise<string> {
    call.requester.must('schedules');
    return (await this.schedules.get(parseScheduleName(call.params['name']))).name;
  }

  private async note<T>(
    { requester: { actor } }: Call,
    what: string,
    target: string,
    details: Readonly<Record<string, unknown>>,
    work: () => Promise<T>,
  ): Promise<T> {
    return this.trail.note({ actor, action: `schedules.${what}`, target, details }, work);
  }
}

const notSchedulable = (jobName: string): InvalidScheduleError =>
  new InvalidScheduleError(
    `${jobName} does not allow schedules that people add. Its code allows them with @Job({ schedulable: true }).`,
  );

import { Get, Post } from '@nestjs/common';
import { JOB_STATES, type JobState } from '../../../job/job-state.js';
import type { FailureGroup } from '../../api/cluster.api.js';
import type { FailureDetail, WatchedJobs } from '../../api/failures.api.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { ApiController } from '../http/api.controller.js';
import type { Call } from '../http/call.js';
import { parseFailureGroup, parseMute, parseUnmute, parseWatchedJobs } from '../input/failures.input.js';
import { Described } from '../openapi/described.js';
import { FAILURE_DETAIL, FAILURES, MUTE, UNMUTE, WATCH, WATCHED } from '../openapi/failure-schemas.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { FailureDetails } from './failure-details.js';
import { failureId } from './failure-id.js';

/** Jobs that failed again and that are named. */
const NAMED = 20;

/** What has failed, by kind. */
@ApiController('failures')
export class FailuresController {
  constructor(
    private readonly store: DashboardStore,
    private readonly details: FailureDetails,
    private readonly trail: AuditTrail,
  ) {}

  @Get()
  @Described({
    summary:
      'Jobs that failed or wait for another attempt, grouped by name and kind of error: the 200 groups that failed last',
    answer: FAILURES,
  })
  async list(): Promise<FailureGroup[]> {
    return this.details.groups();
  }

  @Get('group')
  @Described({
    summary: 'One group of failures: by hour, node and release, with a stack and arguments',
    query: { id: 'The `id` of a group', range: '`day` (24 hours) or `week` (168 hours). Default: day' },
    answer: FAILURE_DETAIL,
    problems: { 404: 'Nothing has failed in this way' },
  })
  async group({ query }: Call): Promise<FailureDetail> {
    const { id, range } = parseFailureGroup(query);
    return this.details.detail(id, range);
  }

  @Post('mute')
  @Described({
    summary: 'Mutes a group of failures: it no longer needs attention, for some hours or until it is unmuted',
    description: 'It needs the right `requeue`.',
    body: MUTE,
    answer: FAILURES,
  })
  async mute(call: Call): Promise<FailureGroup[]> {
    call.requester.must('requeue');
    const { id, hours } = parseMute(await call.body());
    const { actor } = call.requester;
    await this.trail.note(
      { actor, action: 'failures.mute', target: failureId(id), details: { hours } },
      async () => this.store.mutes.mute(id, actor, hours),
    );
    return this.details.groups();
  }

  @Post('unmute')
  @Described({
    summary: 'Unmutes a group of failures',
    description: 'It needs the right `requeue`.',
    body: UNMUTE,
    answer: FAILURES,
  })
  async unmute(call: Call): Promise<FailureGroup[]> {
    call.requester.must('requeue');
    const id = parseUnmute(await call.body());
    const { actor } = call.requester;
    await this.trail.note({ actor, action: 'failures.unmute', target: failureId(id) }, async () =>
      this.store.mutes.unmute(id),
    );
    return this.details.groups();
  }

  @Post('watch')
  @Described({
    summary: 'How many of these jobs are in each state, such as after they were requeued',
    description: 'It changes nothing.',
    body: WATCH,
    answer: WATCHED,
  })
  async watch(call: Call): Promise<WatchedJobs> {
    const uuids = new Set(parseWatchedJobs(await call.body()));
    const states = await this.store.failureDetails.states([...uuids]);
    const counts = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<JobState, number>;
    for (const state of states.values()) counts[state] += 1;
    const failed = [...states].flatMap(([uuid, state]) => (state === 'failed' ? [uuid] : []));
    return { counts, gone: uuids.size - states.size, failed: failed.slice(0, NAMED) };
  }
}

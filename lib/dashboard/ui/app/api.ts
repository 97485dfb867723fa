import type { FailureDetail, FailureRange, MuteRequest, WatchedJobs } from '../../api/failures.api.js';
import type {
  About,
  AuditPage,
  BatchDetail,
  BatchPage,
  FailureGroup,
  GraphView,
  Metrics,
  NodeActionName,
  NodeName,
  NodeView,
  Overview,
} from '../../api/cluster.api.js';
import type { ChannelLoad, ChannelProperties, ChannelView } from '../../api/channels.api.js';
import type { FunctionChangeRequest, FunctionView } from '../../api/functions.api.js';
import type { ActionProgress, ActionRequest, JobActionName } from '../../api/actions.api.js';
import type {
  JobDetail,
  JobMatchCount,
  JobPage,
  JobPageQuery,
  JobQuery,
  LogPage,
  PayloadField,
  RelatedActionView,
} from '../../api/jobs.api.js';
import type { JobGroupName, JobGroupPage } from '../../api/lists.api.js';
import type {
  ScheduleAddRequest,
  ScheduleChangeRequest,
  SchedulePage,
  ScheduleRunView,
  ScheduleView,
} from '../../api/schedules.api.js';
import type { JobWaits } from '../../api/waits.api.js';
import { Http } from './http.js';
import { readLines } from './ndjson.js';

const part = encodeURIComponent;

/** Every route of the server, by name. Throws {@link ProblemError}. */
export class Api {
  constructor(readonly http: Http) {}

  about = (signal?: AbortSignal) => this.http.get<About>('about', {}, signal);
  overview = (signal?: AbortSignal) => this.http.get<Overview>('overview', {}, signal);
  metrics = (query: { range: Metrics['range']; channel?: string; name?: string }, signal?: AbortSignal) =>
    this.http.get<Metrics>('metrics', query, signal);

  jobs = (query: JobPageQuery, signal?: AbortSignal) => this.http.get<JobPage>('jobs', { ...query }, signal);
  jobGroups = (query: JobQuery & { by: JobGroupName }, signal?: AbortSignal) =>
    this.http.get<JobGroupPage>('jobs/groups', { ...query }, signal);
  /** Where all that match are downloaded. */
  exportUrl = (query: JobQuery & { format: 'csv' | 'json' }) => this.http.url('jobs/export', { ...query });
  jobWaits = (uuids: readonly string[], signal?: AbortSignal) =>
    this.http.get<JobWaits>('jobs/waits', { uuids: uuids.join(',') }, signal);
  countJobs = (query: JobQuery, signal?: AbortSignal) =>
    this.http.get<JobMatchCount>('jobs/count', { ...query }, signal);
  /** To the end, however many there are; 422 where that takes too long. */
  countAllJobs = (query: JobQuery, signal?: AbortSignal) =>
    this.http.get<JobMatchCount>('jobs/count', { ...query, exact: 'true' }, signal);
  job = (uuid: string, signal?: AbortSignal) => this.http.get<JobDetail>(`jobs/${part(uuid)}`, {}, signal);
  logs = (uuid: string, after?: string, signal?: AbortSignal) =>
    this.http.get<LogPage>(`jobs/${part(uuid)}/logs`, { after }, signal);
  relatedAction = (uuid: string) =>
    this.http.get<RelatedActionView | null>(`jobs/${part(uuid)}/related-action`);
  /** Where the whole of a payload is downloaded. */
  textUrl = (uuid: string, field: PayloadField) => this.http.url(`jobs/${part(uuid)}/text/${field}`);

  failure = (id: string, range: FailureRange, signal?: AbortSignal) =>
    this.http.get<FailureDetail>('failures/group', { id, range }, signal);
  muteFailure = (request: MuteRequest) => this.http.send<unknown>('POST', 'failures/mute', request);
  unmuteFailure = (id: string) => this.http.send<unknown>('POST', 'failures/unmute', { id });
  /** How these jobs are. */
  watchJobs = (uuids: readonly string[]) => this.http.send<WatchedJobs>('POST', 'failures/watch', { uuids });
  failures = (signal?: AbortSignal) => this.http.get<readonly FailureGroup[]>('failures', {}, signal);
  channels = (query: { text?: string; after?: string; limit?: string } = {}, signal?: AbortSignal) =>
    this.http.get<readonly ChannelView[]>('channels', query, signal);
  channel = (name: string, signal?: AbortSignal) =>
    this.http.get<ChannelView>(`channels/${part(name)}`, {}, signal);
  channelLoad = (name: string, signal?: AbortSignal) =>
    this.http.get<ChannelLoad>(`channels/${part(name)}/load`, {}, signal);
  changeChannel = (name: string, changes: Partial<ChannelProperties>) =>
    this.http.send<ChannelView>('PATCH', `channels/${part(name)}`, changes);
  resetChannel = (name: string) => this.http.send<ChannelView>('POST', `channels/${part(name)}/reset`);
  functions = (signal?: AbortSignal) => this.http.get<readonly FunctionView[]>('functions', {}, signal);
  jobFunction = (name: string, signal?: AbortSignal) =>
    this.http.get<FunctionView>(`functions/${part(name)}`, {}, signal);
  changeFunction = (name: string, changes: FunctionChangeRequest) =>
    this.http.send<FunctionView>('PATCH', `functions/${part(name)}`, changes);
  resetFunction = (name: string) => this.http.send<FunctionView>('POST', `functions/${part(name)}/reset`);
  schedules = (query: { search?: string; cursor?: string }, signal?: AbortSignal) =>
    this.http.get<SchedulePage>('schedules', query, signal);
  schedule = (name: string, signal?: AbortSignal) =>
    this.http.get<ScheduleView>(`schedules/${part(name)}`, {}, signal);
  scheduleRuns = (name: string, signal?: AbortSignal) =>
    this.http.get<readonly ScheduleRunView[]>(`schedules/${part(name)}/runs`, {}, signal);
  addSchedule = (name: string, request: ScheduleAddRequest) =>
    this.http.send<ScheduleView>('PUT', `schedules/${part(name)}`, request);
  changeSchedule = (name: string, change: Omit<ScheduleChangeRequest, 'every'> & { every?: string }) =>
    this.http.send<ScheduleView>('PATCH', `schedules/${part(name)}`, change);
  askSchedule = (name: string, what: 'run' | 'pause' | 'resume' | 'reset') =>
    this.http.send<unknown>('POST', `schedules/${part(name)}/${what}`);
  removeSchedule = (name: string) => this.http.send<unknown>('DELETE', `schedules/${part(name)}`);
  nodes = (signal?: AbortSignal) => this.http.get<readonly NodeView[]>('nodes', {}, signal);
  nodeNames = (signal?: AbortSignal) => this.http.get<readonly NodeName[]>('nodes/names', {}, signal);
  askNode = (id: number, action: NodeActionName) =>
    this.http.send<NodeView>('POST', `nodes/${id}/actions/${action}`);
  graph = (uuid: string, signal?: AbortSignal) =>
    this.http.get<GraphView>(`graphs/${part(uuid)}`, {}, signal);
  batches = (query: { state?: string; cursor?: string }, signal?: AbortSignal) =>
    this.http.get<BatchPage>('batches', query, signal);
  batch = (uuid: string, signal?: AbortSignal) =>
    this.http.get<BatchDetail>(`batches/${part(uuid)}`, {}, signal);
  audit = (
    query: { cursor?: string; actor?: string; action?: string; target?: string },
    signal?: AbortSignal,
  ) => this.http.get<AuditPage>('audit', query, signal);

  /** Acts on jobs, and tells how far it has come, line by line; the last one has `ended: true`. */
  async *act(
    action: JobActionName,
    request: ActionRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<ActionProgress> {
    const { body } = await this.http.open('POST', `jobs/actions/${action}`, request, signal);
    if (body !== null) {
      yield* readLines<ActionProgress>(body);
    }
  }
}

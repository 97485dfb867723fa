import { Injectable } from '@nestjs/common';
import { type Attempt, attemptsOf, type JobEnd } from '../../../inspect/attempts.js';
import { QueueParts } from '../../../services/queue-parts.js';
import { notFound } from '../../../inspect/job-completions.js';
import type { PayloadPlace } from '../../../payload/encryption/payload-cipher.js';
import { JobNotFoundError } from '../../../errors/job-not-found.error.js';
import { QueueJobError } from '../../../errors/queue-job.error.js';
import type { JobState } from '../../../job/job-state.js';
import type { JobFunction } from '../../../registry/job-function.js';
import type { RelativeRow } from '../../../store/graphs/graph-store.js';
import type { JobRow } from '../../../store/jobs/job-store.js';
import type {
  AttemptView,
  ErrorView,
  JobDetail,
  LogPage,
  PayloadField,
  RelatedActionView,
  RelatedJob,
  ValueNode,
} from '../../api/jobs.api.js';
import type { Rights } from '../../api/cluster.api.js';
import { ProblemError } from '../http/problem.error.js';
import type { Redactable } from '../redaction/patterns.js';
import { REDACTED } from '../redaction/redact-json.js';
import { type Redaction, Redactor } from '../redaction/redactor.js';
import { DashboardStore } from '../store/dashboard.store.js';
import { callCode } from './call-code.js';
import { errorView } from './error-view.js';
import { dashboardJob, HIDDEN_TEXT, isoDate, jobSummary } from './job-summary.js';
import { timelineOf } from './timeline.js';
import { cutText, ValueViewer } from './value-node.js';

const RELATIVES = 200;
const LOG_LINES = 500;
const LOG_MESSAGE = 4_000;
/** Bytes of JSON of a log line that are read. */
const LOG_DATA = 64 * 1024;
/** Longer JSON is downloaded as it is stored, on one line. */
const PRETTY = 5_000_000;

/** One job, all that there is to know of it. */
@Injectable()
export class JobDetails {
  constructor(
    private readonly store: DashboardStore,
    private readonly parts: QueueParts,
    private readonly redactor: Redactor,
  ) {}

  /** @throws JobNotFoundError */
  async detail(uuid: string, rights: Rights): Promise<JobDetail> {
    const row = await this.row(uuid);
    const [attempts, relatives, known] = await Promise.all([
      this.store.jobs.attempts(uuid),
      this.store.graphs.relatives(uuid, RELATIVES),
      this.store.nodes.knows(row.name as string),
    ]);
    const redaction = this.redactor.of(dashboardJob(row));
    const fn = this.parts.registry.find(row.name as string);
    const args = this.payload(row, 'args', redaction);
    const result = this.payload(row, 'result', redaction);
    const context = this.payload(row, 'context', redaction);
    const views = attemptsOf(attempts, endOf(row)).map((attempt) => attemptView(attempt, redaction));
    const longer = Object.entries({ args, result, context }).flatMap(([field, { isCut }]) =>
      isCut ? [field as PayloadField] : [],
    );
    if (views.some(({ error }) => error?.cut === true)) longer.push('error');
    const started = row.date_started as Date | null;
    const ready = [row.date_created, row.eta].map((date) => (date as Date | null)?.getTime() ?? 0);
    return {
      ...jobSummary({ ...row, node: row.node ?? attempts.at(-1)?.node ?? null }, rights, redaction),
      fullDescription: redaction.text('description', row.description as string) ?? HIDDEN_TEXT,
      identityKey: redaction.text('identityKey', row.identity_key as string | null),
      timeout: fn?.options.timeout === undefined ? null : fn.options.timeout / 1000,
      transactional: fn?.options.transactional ?? false,
      args: listed(args.view),
      result: result.view,
      context: context.view,
      longer,
      cancelBy: row.cancel_by as string | null,
      waitTime: started === null ? null : Math.max(0, (started.getTime() - Math.max(...ready)) / 1000),
      timeline: timelineOf(row, attempts, { hasParents: relatives.parents.count > 0 }),
      attempts: views,
      parents: relatives.parents.rows.map((relative) => this.related(relative)),
      children: relatives.children.rows.map((relative) => this.related(relative)),
      moreRelatives: [relatives.parents, relatives.children].reduce(
        (sum, { count, rows }) => sum + count - rows.length,
        0,
      ),
      code: codeOf(row, fn, redaction, args),
      hasRelatedAction: this.parts.relatedActions.has(row),
      known,
    };
  }

  /** The arguments of these jobs, and the error of the first that is stored with one. */
  async failureSamples(
    uuids: readonly string[],
  ): Promise<{ error: ErrorView | null; samples: { uuid: string; args: readonly ValueNode[] }[] }> {
    const found = new Map((await this.store.jobs.find(uuids)).map((row) => [row.uuid as string, row]));
    const rows = uuids.flatMap((uuid) => found.get(uuid) ?? []);
    const samples = rows.map((row) => {
      const { view } = this.payload(row, 'args', this.redactor.of(dashboardJob(row)));
      return { uuid: row.uuid as string, args: listed(view) };
    });
    const failed = rows.find(({ exc_name }) => exc_name !== null);
    if (failed === undefined) return { error: null, samples };
    const hidden = this.redactor.of(dashboardJob(failed)).hides('error');
    const { exc_name: name, exc_message: message, exc_info: info } = failed;
    const text = (value: unknown): string | null => (hidden ? null : (value as string | null));
    return {
      error: errorView(name as string, hidden ? HIDDEN_TEXT : text(message), text(info)),
      samples,
    };
  }

  async logs(uuid: string, after: string | undefined): Promise<LogPage> {
    const row = await this.row(uuid);
    const redaction = this.redactor.of(dashboardJob(row));
    const rows = await this.store.jobs.logs(uuid, {
      ...(after === undefined ? {} : { after }),
      limit: LOG_LINES,
      longest: LOG_DATA,
    });
    const lines = rows.map(({ id, retry, date, message, data, cut }) => ({
      id,
      retry,
      date: isoDate(date) ?? '',
      message: cutText(redaction.text('log', message) ?? HIDDEN_TEXT, LOG_MESSAGE),
      data: cut ? TOO_LONG : this.read(redaction, 'log', data, { uuid, field: 'data' }).view,
    }));
    return { lines, last: lines.at(-1)?.id ?? after ?? null };
  }

  /** A payload as it is stored, without what is hidden. */
  async text(uuid: string, field: PayloadField): Promise<string> {
    const row = await this.row(uuid);
    const redaction = this.redactor.of(dashboardJob(row));
    if (field === 'error')
      return redaction.text('error', (row.exc_info ?? row.exc_message) as string | null) ?? HIDDEN_TEXT;
    const text = row[field] as string | null;
    if (text === null) throw new ProblemError(404, `The job has no ${field}.`, { code: 'NOT_FOUND' });
    try {
      return redaction.jsonText(field, this.parts.codec.textOf(text, { uuid, field }), PRETTY);
    } catch (error) {
      if (!(error instanceof QueueJobError)) throw error;
      // Such as without the key that it is encrypted with: a reader can have that seen to.
      throw new ProblemError(500, error.message, { code: error.code });
    }
  }

  /** @throws JobNotFoundError, RelatedActionError */
  async relatedAction(uuid: string): Promise<RelatedActionView | null> {
    const row = await this.row(uuid);
    const action = await this.parts.relatedActions.read(row);
    if (action === null) return null;
    const data = 'data' in action ? this.parts.codec.encodeValue(action.data, 'data') : null;
    return {
      label: action.label ?? null,
      url: 'url' in action ? action.url : null,
      data: data === null ? null : new ValueViewer().view(JSON.parse(data)),
    };
  }

  private payload(row: JobRow, field: 'args' | 'result' | 'context', redaction: Redaction): Payload {
    return this.read(redaction, field, row[field] as string | null, { uuid: row.uuid as string, field });
  }

  /** A payload that can't be read shows why. */
  private read(redaction: Redaction, root: Redactable, stored: string | null, place: PayloadPlace): Payload {
    if (stored === null) return { view: null, isCut: false, json: null, length: 0 };
    const viewer = new ValueViewer();
    try {
      const text = this.parts.codec.textOf(stored, place);
      const json = redaction.json(root, text);
      return { view: viewer.view(json), isCut: viewer.isCut, json, length: text.length };
    } catch (error) {
      const reason = (error as Error).message.slice(0, 500);
      return { view: { t: 'damaged', v: reason }, isCut: false, json: null, length: 0 };
    }
  }

  private async row(uuid: string): Promise<JobRow> {
    const [row] = await this.store.jobs.find([uuid]);
    if (row === undefined) throw new JobNotFoundError(notFound(uuid));
    return row;
  }

  private related(row: RelativeRow): RelatedJob {
    const { uuid, name } = dashboardJob(row);
    const description = this.redactor.of(dashboardJob(row)).text('description', row.description);
    return { uuid, name, description: cutText(description ?? HIDDEN_TEXT, 300), state: row.state };
  }
}

/** The list of arguments, or what stands in its place. */
const listed = (view: ValueNode | null): readonly ValueNode[] =>
  view?.t === 'list' ? view.items : view === null ? [] : [view];

const TOO_LONG: ValueNode = { t: 'damaged', v: 'It is too long to be shown.' };

interface Payload {
  readonly view: ValueNode | null;
  readonly isCut: boolean;
  /** Parsed, without what is hidden. */
  readonly json: unknown;
  /** Characters of JSON. */
  readonly length: number;
}

const endOf = (row: JobRow): JobEnd => ({
  state: row.state as JobState,
  retry: row.retry as number,
  node: row.node as number | null,
  dateStarted: row.date_started as Date | null,
  dateDone: row.date_done as Date | null,
});

function attemptView(attempt: Attempt, redaction: Redaction): AttemptView {
  const { retry, node, dateStarted, dateEnded, excName, excMessage, excInfo } = attempt;
  const hidden = redaction.hides('error');
  return {
    retry,
    node,
    dateStarted: isoDate(dateStarted),
    dateEnded: isoDate(dateEnded),
    seconds: dateStarted === null ? null : (dateEnded.getTime() - dateStarted.getTime()) / 1000,
    error: hidden ? errorView(excName, HIDDEN_TEXT, null) : errorView(excName, excMessage, excInfo),
  };
}

/** Damaged arguments can't be written as code. */
function codeOf(row: JobRow, fn: JobFunction | undefined, redaction: Redaction, args: Payload): string {
  try {
    const { json, length } = args;
    if (Array.isArray(json)) return callCode(row, fn, { args: json as unknown[], length }, redaction);
    return json === REDACTED ? '// The arguments are redacted.' : '// The arguments are damaged.';
  } catch {
    return '// The arguments are damaged.';
  }
}

import type { JobState } from '../../../job/job-state.js';
import type { SummaryRow } from '../../../store/jobs/job-search.js';
import type { Rights } from '../../api/cluster.api.js';
import type { JobSummary } from '../../api/jobs.api.js';
import type { DashboardJob } from '../../dashboard.options.js';
import type { Redaction } from '../redaction/redactor.js';
import { actionsOf } from './job-actions-of.js';
import { cutText } from './value-node.js';

/** Characters of a text in a list. */
const LONGEST = 300;
export const HIDDEN_TEXT = '[redacted]';

/** What the application is asked about before anything of a job is shown. */
export const dashboardJob = (
  row: Pick<SummaryRow, 'uuid' | 'name' | 'channel' | 'user_id'>,
): DashboardJob => ({
  uuid: row.uuid as string,
  name: row.name as string,
  channel: row.channel as string,
  userId: row.user_id as string | null,
});

/** Null for one that no date of JavaScript is, such as `infinity`, which somebody wrote by hand. */
export function isoDate(date: unknown): string | null {
  const given = date as Date | null;
  return given === null || Number.isNaN(given.getTime()) ? null : given.toISOString();
}

/** Whether a date is in the future; one that no date of JavaScript is, such as `infinity`, counts as one. */
const isAhead = (date: unknown): boolean => {
  const given = date as Date | null;
  return given !== null && !(given.getTime() <= Date.now());
};

/** A job as a row of a list. */
export function jobSummary(row: SummaryRow, rights: Rights, redaction: Redaction): JobSummary {
  const state = row.state as JobState;
  const isCancelling = row.cancel_by !== null;
  return {
    uuid: row.uuid as string,
    name: row.name as string,
    description: cutText(redaction.text('description', row.description as string) ?? HIDDEN_TEXT, LONGEST),
    state,
    channel: row.channel as string,
    priority: row.priority as number,
    retry: row.retry as number,
    maxRetries: row.max_retries as number,
    node: row.node as number | null,
    userId: row.user_id as string | null,
    tags: (row.tags ?? []) as string[],
    graphUuid: row.graph_uuid as string | null,
    batchUuid: row.batch_uuid as string | null,
    eta: isoDate(row.eta),
    dateCreated: isoDate(row.date_created) ?? '',
    dateEnqueued: isoDate(row.date_enqueued),
    dateStarted: isoDate(row.date_started),
    dateDone: isoDate(row.date_done),
    execTime: row.exec_time as number | null,
    progress:
      row.progress === null
        ? null
        : { done: row.progress as number, total: row.progress_total as number | null },
    excName: row.exc_name as string | null,
    excMessage: messageOf(row.exc_message as string | null, redaction),
    cancelling: isCancelling,
    actions: actionsOf({ state, isCancelling, isDelayed: isAhead(row.eta) }, rights),
  };
}

function messageOf(message: string | null, redaction: Redaction): string | null {
  return message === null ? null : cutText(redaction.text('error', message) ?? HIDDEN_TEXT, LONGEST);
}

import type { JobDetail } from '../../../api/jobs.api.js';
import type { JobWaitReason } from '../../../api/waits.api.js';
import type { JobState } from '../../../../job/job-state.js';
import { useApp, useTexts } from '../../app/app-context.js';
import type { Format } from '../../app/format.js';
import type { Translate } from '../../app/language.js';
import { pathTo } from '../../app/router.js';
import { useResource } from '../../app/resource.js';
import { Notice } from '../../components/empty.js';

const WAITING: readonly JobState[] = ['wait_dependencies', 'pending', 'enqueued'];
/** Nobody has to do anything about these. */
const CALM = ['next', 'turn', 'eta', 'retry', 'full', 'throttle', 'rate', 'held', 'claimed'];
/** More jobs before it than were counted. */
const COUNTED = 1_000;

/** Why a job waits, in sentences, each with a link to where it is mended. */
export function WaitNotice({ job }: { job: JobDetail }) {
  return WAITING.includes(job.state) && !job.cancelling ? <Why key={job.uuid} job={job} /> : null;
}

function Why({ job: { uuid, state } }: { job: JobDetail }) {
  const { api } = useApp();
  const { t, format } = useTexts();
  const { data } = useResource(`wait:${uuid}:${state}`, (signal) => api.jobWaits([uuid], signal), {
    live: 3_000,
  });
  const wait = data?.waits[uuid];
  if (wait === undefined) {
    return null;
  }
  const { reasons, position, startsIn } = wait;
  return (
    <Notice tone={reasons.every(({ kind }) => CALM.includes(kind)) ? 'info' : 'warn'}>
      <ul class="wait-reasons" aria-label={t('wait.title')}>
        {reasons.map((reason, index) => (
          <li key={index}>
            {sentenceOf(reason, t, format)} <Links reason={reason} />
          </li>
        ))}
      </ul>
      {position !== null && (
        <span class="wait-place">
          {position > COUNTED
            ? t('wait.far', { n: COUNTED })
            : t('wait.position', { position: format.number(position) })}
          {startsIn !== null && ` · ${t('wait.startsIn', { time: format.duration(startsIn) })}`}
        </span>
      )}
    </Notice>
  );
}

function sentenceOf(reason: JobWaitReason, t: Translate, format: Format): string {
  const { kind, channel = '', until, by, since, ahead = 0, error } = reason;
  const time = until === undefined ? null : format.exact(until);
  switch (kind) {
    case 'next':
    case 'noNode':
    case 'unknownName':
    case 'claimed':
      return t(`wait.${kind}`);
    case 'turn':
      return t('wait.turn', { n: ahead });
    case 'eta':
      return t('wait.eta', { time: time ?? '' });
    case 'retry':
      return error === undefined
        ? t('wait.retry', { time: time ?? '' })
        : t('wait.retryAfter', { time: time ?? '', error });
    case 'parents':
      return t(reason.failed === undefined ? 'wait.parents' : 'wait.parentsFailed', { n: reason.count ?? 0 });
    case 'paused':
      return by === undefined || since === undefined
        ? t('wait.paused', { channel })
        : t('wait.pausedBy', { channel, by, time: format.exact(since) });
    case 'full':
      return t('wait.full', { channel, running: reason.running ?? 0, n: ahead });
    case 'functionPaused':
      return by === undefined
        ? t('wait.functionPaused', { time: format.exact(since ?? '') })
        : t('wait.functionPausedBy', { by, time: format.exact(since ?? '') });
    case 'held':
    case 'rate':
      return t(`wait.${kind}`, { channel, time: time ?? '' });
    case 'throttle':
      return time === null ? t('wait.throttle', { channel }) : t('wait.throttleUntil', { channel, time });
    case 'sequential':
    case 'unserved':
      return t(`wait.${kind}`, { channel });
    default:
      return t('wait.other', { kind });
  }
}

function Links({ reason: { kind, channel, jobs = [], failed, by } }: { reason: JobWaitReason }) {
  const { t } = useTexts();
  const one = kind === 'held' ? by : failed;
  const named = one === undefined ? jobs.slice(0, 3).map(({ uuid }) => uuid) : [one];
  return (
    <>
      {named.map((uuid) => (
        <a key={uuid} class="link mono" href={`jobs/${uuid}`}>
          {uuid.slice(-12)}
        </a>
      ))}{' '}
      {channel !== undefined && (
        <a class="link" href={pathTo('channels', { channel })}>
          {t('wait.toChannel')}
        </a>
      )}
      {kind === 'functionPaused' && (
        <a class="link" href="functions">
          {t('wait.toFunctions')}
        </a>
      )}
      {(kind === 'noNode' || kind === 'unserved' || kind === 'unknownName') && (
        <a class="link" href="nodes">
          {t('wait.toNodes')}
        </a>
      )}
    </>
  );
}

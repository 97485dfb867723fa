import { useEffect, useRef, useState } from 'preact/hooks';
import type { FailureGroup } from '../../../api/cluster.api.js';
import type { ActionProgress, UnchangedJobs } from '../../../api/jobs.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { ProblemError } from '../../app/problem-error.js';
import { Button } from '../../kit/button.js';
import { Dialog } from '../../kit/dialog.js';
import { Notice } from '../../kit/empty.js';
import { ProgressBar } from '../../kit/progress-bar.js';

type End = 'ended' | 'stopped' | ProblemError;

/** Requeues the jobs of a group, and tells how far it is. Left before its end, it stops. */
export function RequeueDialog({ group, close }: { group: FailureGroup; close: () => void }) {
  const { t, format } = useTexts();
  const { progress, end, stop, start } = useRequeue(group);
  const more = end instanceof ProblemError && end.status === 409 ? end.problem.count : undefined;
  return (
    <Dialog
      title={t('progress.title')}
      close={() => {
        stop();
        close();
      }}
      actions={
        end === null ? (
          <Button icon="stop" onClick={stop}>
            {t('progress.stop')}
          </Button>
        ) : (
          <>
            <Button onClick={close}>{t('common.close')}</Button>
            {more !== undefined && (
              <Button kind="primary" onClick={() => start(more)}>
                {t('progress.again', { n: more })}
              </Button>
            )}
          </>
        )
      }
    >
      <div class="requeue" aria-live="polite">
        <p class="truncate">
          <strong>{group.excName}</strong> <span class="mono">{group.name}</span>
        </p>
        <ProgressBar
          done={progress?.seen ?? 0}
          total={progress?.total ?? group.count}
          label={t('progress.title')}
          tone={end === 'ended' && progress?.error === undefined ? 'done' : 'started'}
        />
        <p class="faint">
          {t('progress.seen', {
            seen: format.number(progress?.seen ?? 0),
            n: progress?.total ?? group.count,
          })}
        </p>
        {progress !== null && <Result progress={progress} />}
        {end === 'stopped' && <Notice>{t('progress.stopped')}</Notice>}
        {progress?.error !== undefined && (
          <Notice tone="bad">{t('progress.broken', { error: progress.error })}</Notice>
        )}
        {end instanceof ProblemError && (
          <Notice tone={more === undefined ? 'bad' : 'warn'}>
            {more === undefined ? end.message : t('progress.more', { n: more })}
          </Notice>
        )}
      </div>
    </Dialog>
  );
}

function Result({ progress }: { progress: ActionProgress }) {
  const { t } = useTexts();
  const unchanged = progress.unchanged.reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      <p class="requeue-changed">{t('progress.requeued', { n: progress.changed })}</p>
      {unchanged > 0 && (
        <div>
          <p>{t('progress.unchanged', { n: unchanged })}</p>
          <ul class="requeue-reasons">
            {progress.unchanged.map((jobs) => (
              <li key={`${jobs.reason} ${jobs.state ?? ''}`}>
                <Reason jobs={jobs} />{' '}
                {jobs.uuids.slice(0, 3).map((uuid) => (
                  <a key={uuid} class="link mono" href={`jobs/${encodeURIComponent(uuid)}`}>
                    {uuid.slice(-8)}
                  </a>
                ))}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function Reason({ jobs: { reason, state, count } }: { jobs: UnchangedJobs }) {
  const { t } = useTexts();
  return (
    <>
      {reason === 'state'
        ? t('progress.state', { n: count, state: state === null ? '?' : t(`state.${state}`) })
        : t(`progress.${reason}`, { n: count })}
    </>
  );
}

/** Begins when it is mounted; `start` begins anew, for as many jobs as match by now. */
function useRequeue(group: FailureGroup) {
  const { api } = useApp();
  const [progress, setProgress] = useState<ActionProgress | null>(null);
  const [end, setEnd] = useState<End | null>(null);
  const running = useRef<AbortController | null>(null);
  const run = async (expected: number, abort: AbortController) => {
    try {
      const filter = { state: 'failed', failure: group.id };
      for await (const line of api.act('requeue', { filter, expected }, abort.signal)) {
        setProgress(line);
      }
      setEnd('ended');
    } catch (cause) {
      const error = cause instanceof ProblemError ? cause : ProblemError.unreachable(cause);
      setEnd(abort.signal.aborted ? 'stopped' : error);
    }
  };
  const start = (expected: number) => {
    running.current?.abort();
    running.current = new AbortController();
    setEnd(null);
    void run(expected, running.current);
  };
  useEffect(() => {
    start(group.count);
    return () => running.current?.abort();
  }, []);
  return { progress, end, start, stop: () => running.current?.abort() };
}

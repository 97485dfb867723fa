import { useState } from 'preact/hooks';
import type { ScheduleView } from '../../../api/schedules.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { ProblemError } from '../../app/problem-error.js';
import { useResource } from '../../app/resource.js';
import { pathTo } from '../../app/router.js';
import { Button } from '../../components/button.js';
import { Card } from '../../components/card.js';
import { ErrorState, Notice, StaleNotice } from '../../components/empty.js';
import { Page } from '../../components/page.js';
import { Skeleton } from '../../components/skeleton.js';
import { TimeAgo } from '../../components/time.js';
import type { PageProps } from '../../shell/routes.js';
import { ScheduleDialog } from './schedule-dialog.js';
import { ScheduleFacts } from './schedule-facts.js';
import { RunStrip, ScheduleBadges } from './schedule-parts.js';
import './schedules.css';

/** One schedule: when it ticks, what became of its jobs, and what can be done. */
export function SchedulePage({ params }: PageProps) {
  const { api } = useApp();
  const { t } = useTexts();
  const name = params['name'] ?? '';
  const { data, error, reload } = useResource(`schedule:${name}`, (signal) => api.schedule(name, signal), {
    live: 3_000,
  });
  const runs = useResource(`schedule-runs:${name}`, (signal) => api.scheduleRuns(name, signal), {
    live: 3_000,
  });
  return (
    <Page title={name} actions={data !== undefined && <Actions view={data} reload={reload} />}>
      {data === undefined ? (
        error === undefined ? (
          <Skeleton height="20rem" />
        ) : (
          <ErrorState error={error} retry={reload} />
        )
      ) : (
        <>
          {error !== undefined && <StaleNotice error={error} retry={reload} />}
          {data.gone && <Notice tone="warn">{t('schedules.goneHint')}</Notice>}
          {data.paused !== null && (
            <Notice tone="warn">
              {t('schedules.pausedBy', { by: data.paused.by ?? '?' })} <TimeAgo date={data.paused.at} />
            </Notice>
          )}
          <Card title={<ScheduleBadges view={data} />}>
            <ScheduleFacts view={data} />
          </Card>
          <Card
            title={t('schedules.strip')}
            actions={
              <a class="link" href={pathTo('jobs', { name: data.jobName })}>
                {t('functions.showJobs')}
              </a>
            }
          >
            {runs.data !== undefined && runs.data.length > 0 ? (
              <RunStrip runs={runs.data} />
            ) : (
              <p class="faint">{t('schedules.noRuns')}</p>
            )}
          </Card>
        </>
      )}
    </Page>
  );
}

function Actions({ view, reload }: { view: ScheduleView; reload: () => void }) {
  const app = useApp();
  const { api, dialogs, router, toasts } = app;
  const { t } = useTexts();
  const [editing, setEditing] = useState(false);
  if (!app.may('schedules')) return null;
  const act = async (work: () => Promise<unknown>, told: string): Promise<void> => {
    try {
      await work();
      toasts.show('good', told);
      reload();
    } catch (cause) {
      toasts.show('bad', (cause instanceof ProblemError ? cause : ProblemError.unreachable(cause)).message);
    }
  };
  const ask = (what: 'run' | 'pause' | 'resume' | 'reset') => () =>
    void act(() => api.askSchedule(view.name, what), t(`schedules.done.${what}`));
  const remove = async (): Promise<void> => {
    const title = t('schedules.removeTitle');
    if (!(await dialogs.confirm({ title, body: view.name, yes: t('schedules.remove'), danger: true })))
      return;
    await act(async () => {
      await api.removeSchedule(view.name);
      router.go('schedules');
    }, t('schedules.done.remove'));
  };
  return (
    <>
      <Button icon="play" onClick={ask('run')}>
        {t('schedules.run')}
      </Button>
      {view.paused === null ? (
        <Button icon="pause" onClick={ask('pause')}>
          {t('schedules.pause')}
        </Button>
      ) : (
        <Button icon="play" onClick={ask('resume')}>
          {t('schedules.resume')}
        </Button>
      )}
      <Button icon="edit" onClick={() => setEditing(true)}>
        {t('functions.edit')}
      </Button>
      {view.changed.length > 0 && (
        <Button icon="undo" onClick={ask('reset')}>
          {t('channels.backToCode')}
        </Button>
      )}
      {(view.source === 'data' || view.gone) && (
        <Button icon="trash" onClick={() => void remove()}>
          {t('schedules.remove')}
        </Button>
      )}
      {editing && <ScheduleDialog view={view} saved={reload} close={() => setEditing(false)} />}
    </>
  );
}

import type { BatchView } from '../../../api/cluster.api.js';
import { JOB_STATES } from '../../../../job/job-state.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { pathTo } from '../../app/router.js';
import { StateIcon } from '../../components/badge.js';
import { Card, Stat } from '../../components/card.js';
import { CopyButton } from '../../components/copy-button.js';
import { ErrorState, StaleNotice } from '../../components/empty.js';
import { Page } from '../../components/page.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { Skeleton } from '../../components/skeleton.js';
import { StateBar } from '../../components/state-bar.js';
import { Since, TimeAgo } from '../../components/time.js';
import type { PageProps } from '../../shell/routes.js';
import { BatchState } from './batch-columns.js';
import { FailedMembers } from './failed-members.js';
import './batches.css';

/** How far a batch is, live. */
export function BatchPage({ params }: PageProps) {
  const { api } = useApp();
  const { t } = useTexts();
  const uuid = params['uuid'] ?? '';
  const { data, error, reload } = useResource(`batch:${uuid}`, (signal) => api.batch(uuid, signal), {
    live: 1_500,
  });
  const name = data === undefined ? uuid : data.name === '' ? t('batches.unnamed') : data.name;
  return (
    <Page
      title={name}
      heading={
        <span class="batch-heading">
          <a class="batch-up" href="batches">
            {t('page.batches')}
          </a>
          <span class="faint" aria-hidden="true">
            /
          </span>
          <span class="batch-name">{name}</span>
          {data !== undefined && <BatchState state={data.state} />}
        </span>
      }
      actions={
        <a class="button button-plain button-m" href={pathTo('jobs', { batch: uuid })}>
          {t('batches.showJobs')}
        </a>
      }
    >
      {data === undefined ? (
        error === undefined ? (
          <Skeleton height="18rem" />
        ) : (
          <ErrorState error={error} retry={reload} />
        )
      ) : (
        <>
          {error !== undefined && <StaleNotice error={error} retry={reload} />}
          <Facts batch={data} />
          <FailedMembers batch={data} reload={reload} />
          <ByState batch={data} />
          {data.graphs.length > 0 && (
            <Card title={t('batches.graphs')}>
              <ul class="batch-graphs">
                {data.graphs.map((graph) => (
                  <li key={graph}>
                    <a class="link mono" href={`graphs/${graph}`}>
                      {graph}
                    </a>
                  </li>
                ))}
              </ul>
            </Card>
          )}
          <p class="row faint batch-uuid">
            <span class="mono truncate">{data.uuid}</span>
            <CopyButton text={data.uuid} />
          </p>
        </>
      )}
    </Page>
  );
}

function Facts({ batch }: { batch: BatchView }) {
  const { t, format } = useTexts();
  const { completeness, counts, dateCreated, dateEnded, failedPercentage, name, total } = batch;
  return (
    <>
      <Card>
        <div class="batch-progress">
          <span class="batch-figure">{format.percent(completeness)}</span>
          <span class="muted">{t('batches.complete')}</span>
          <ProgressBar
            done={Math.round(completeness * total)}
            total={total}
            label={`${t('batches.progress')}: ${name}`}
            tone={completeness === 1 ? 'done' : 'started'}
          />
        </div>
      </Card>
      <div class="batch-stats">
        <Stat
          label={t('batches.jobs')}
          value={format.number(total)}
          href={pathTo('jobs', { batch: batch.uuid })}
        />
        <Stat
          label={t('batches.failed')}
          value={format.percent(failedPercentage / 100)}
          {...(counts.failed > 0 && { href: pathTo('jobs', { state: 'failed', batch: batch.uuid }) })}
        />
        <Stat label={t('batches.created')} value={<TimeAgo date={dateCreated} />} />
        {dateEnded === null ? (
          <Stat label={t('batches.running')} value={<Since date={dateCreated} />} />
        ) : (
          <Stat
            label={t('batches.took')}
            value={format.duration((Date.parse(dateEnded) - Date.parse(dateCreated)) / 1_000)}
            hint={<TimeAgo date={dateEnded} />}
          />
        )}
      </div>
    </>
  );
}

function ByState({ batch: { uuid, counts, total } }: { batch: BatchView }) {
  const { t, format } = useTexts();
  return (
    <Card title={t('batches.byState')}>
      <div class="batch-states">
        <StateBar counts={counts} label={t('batches.byState')} tall />
        <ul class="batch-legend">
          {JOB_STATES.map((state) => (
            <li key={state}>
              <a class="batch-state" href={pathTo('jobs', { state, batch: uuid })}>
                <StateIcon state={state} size={14} />
                <span class="grow">{t(`state.${state}`)}</span>
                <strong>{format.number(counts[state])}</strong>
                <span class="batch-share faint">
                  {format.percent(total === 0 ? 0 : counts[state] / total)}
                </span>
              </a>
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}

import { useMemo, useState } from 'preact/hooks';
import type { FailureDetail, FailureRange } from '../../../api/failures.api.js';
import { useJobAction } from '../../actions/use-job-action.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { Button } from '../../components/button.js';
import { Card } from '../../components/card.js';
import { ErrorState, Notice, StaleNotice } from '../../components/empty.js';
import { Page } from '../../components/page.js';
import { Skeleton } from '../../components/skeleton.js';
import { Segmented } from '../../components/tabs.js';
import { ValueTree } from '../../components/value-tree.js';
import { ErrorDetails } from '../job/error-details.js';
import { failurePath } from './failure-columns.js';
import { FailureFacts } from './failure-facts.js';
import { FailureHours } from './failure-hours.js';
import { MuteButton } from './mute-button.js';
import { WatchCard } from './watch-card.js';
import './failures.css';

/** One group of failures: when, on which nodes and releases, with a stack and arguments, and what can be done. */
export function FailurePage({ id }: { id: string }) {
  const app = useApp();
  const { t } = useTexts();
  const [range, setRange] = useState<FailureRange>('day');
  const { data, error, reload } = useResource(
    `failure:${id}?${range}`,
    (signal) => app.api.failure(id, range, signal),
    { live: 3_000 },
  );
  const [watched, setWatched] = useWatched(id);
  const actions = useJobAction((name) => {
    if (name === 'requeue' && data !== undefined) {
      setWatched(data.failed);
    }
    reload();
  });
  const mayRequeue = app.may('requeue');
  const name = data?.name ?? id.slice(id.indexOf(':') + 1);
  return (
    <Page
      title={data === undefined ? name : `${data.excName} · ${name}`}
      heading={
        <span class="failures-heading">
          <a class="failures-up" href="failures">
            {t('page.failures')}
          </a>
          <span class="faint" aria-hidden="true">
            /
          </span>
          <span class="failures-title">{data?.excName ?? name}</span>
        </span>
      }
      actions={
        data !== undefined && (
          <span class="failures-actions">
            <a class="button button-plain button-m" href={failurePath(data)}>
              {t('failures.show')}
            </a>
            {mayRequeue && <MuteButton group={data} done={reload} />}
            {mayRequeue && data.count > 0 && (
              <Button
                kind="primary"
                icon="retry"
                onClick={() => actions.ask('requeue', { filter: { state: 'failed', failure: id } })}
              >
                {t('failures.requeueThese', { n: data.count })}
              </Button>
            )}
          </span>
        )
      }
    >
      {watched !== null && <WatchCard uuids={watched} stop={() => setWatched(null)} />}
      {data === undefined ? (
        error === undefined ? (
          <Skeleton height="20rem" />
        ) : (
          <ErrorState error={error} retry={reload} />
        )
      ) : (
        <>
          {error !== undefined && <StaleNotice error={error} retry={reload} />}
          <FailureFacts group={data} />
          <Card
            title={t('failures.attemptsTitle')}
            actions={
              <Segmented
                label={t('overview.range')}
                choices={(['day', 'week'] as const).map((one) => ({
                  id: one,
                  label: t(`overview.range.${one}`),
                }))}
                chosen={range}
                choose={setRange}
              />
            }
          >
            <FailureHours detail={data} />
          </Card>
          <Evidence detail={data} />
        </>
      )}
      {actions.dialog}
    </Page>
  );
}

function Evidence({ detail: { error, excMessage, samples } }: { detail: FailureDetail }) {
  const { t } = useTexts();
  return (
    <>
      <Card title={t('failures.stack')}>
        {error === null ? <Notice>{excMessage}</Notice> : <ErrorDetails error={error} whole />}
      </Card>
      {samples.length > 0 && (
        <Card title={t('failures.arguments')}>
          {samples.map(({ uuid, args }) => (
            <section key={uuid} class="failures-sample">
              <a class="link mono" href={`jobs/${encodeURIComponent(uuid)}`}>
                {uuid}
              </a>
              {args.length === 0 ? (
                <span class="faint">{t('job.noArguments')}</span>
              ) : (
                args.map((value, at) => (
                  <ValueTree key={at} value={value} name={String(at)} path={`[${at}]`} />
                ))
              )}
            </section>
          ))}
        </Card>
      )}
    </>
  );
}

/** The jobs that were requeued here; they are remembered while the tab is open. */
function useWatched(id: string): [readonly string[] | null, (uuids: readonly string[] | null) => void] {
  const { cache } = useApp();
  const key = `watched:${id}`;
  const [, draw] = useState(0);
  const set = useMemo(
    () => (uuids: readonly string[] | null) => {
      cache.set(key, uuids === null || uuids.length === 0 ? null : uuids);
      draw((now) => now + 1);
    },
    [key],
  );
  return [cache.get<readonly string[] | null>(key) ?? null, set];
}

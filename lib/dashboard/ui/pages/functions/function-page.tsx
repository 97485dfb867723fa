import { useState } from 'preact/hooks';
import type { FunctionView } from '../../../api/functions.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { pathTo } from '../../app/router.js';
import { Badge } from '../../components/badge.js';
import { ErrorState, Notice, StaleNotice } from '../../components/empty.js';
import { Page } from '../../components/page.js';
import { Skeleton } from '../../components/skeleton.js';
import type { PageProps } from '../../shell/routes.js';
import { ScopedMetrics } from '../overview/scoped-metrics.js';
import { ObjectAudit } from '../audit/object-audit.js';
import { FunctionDialog } from './function-dialog.js';
import { FunctionPause, PauseButton } from './function-pause.js';
import { FunctionSettings } from './function-settings.js';
import { FunctionStats } from './function-stats.js';
import './functions.css';

/** One function: how it goes, its channel and its waits between attempts. */
export function FunctionPage({ params }: PageProps) {
  const { api } = useApp();
  const { t } = useTexts();
  const name = params['name'] ?? '';
  const { data, error, reload, replace } = useResource(
    `function:${name}`,
    (signal) => api.jobFunction(name, signal),
    { live: 3_000 },
  );
  const [edited, setEdited] = useState(false);
  /** What was read before the change must not overtake it: so it is read again. */
  const put = (answer: FunctionView) => {
    replace(answer);
    reload();
  };
  return (
    <Page
      title={name}
      heading={
        <span class="functions-heading">
          <a class="functions-up" href="functions">
            {t('page.functions')}
          </a>
          <span class="faint" aria-hidden="true">
            /
          </span>
          <span class="functions-name">{name}</span>
          {data?.known === false && <Badge tone="warn">{t('functions.unknown')}</Badge>}
          {data !== undefined && <FunctionPause view={data} />}
        </span>
      }
      actions={
        <>
          {data !== undefined && <PauseButton view={data} put={put} />}
          <a class="button button-plain button-m" href={pathTo('jobs', { name })}>
            {t('functions.showJobs')}
          </a>
        </>
      }
    >
      {data === undefined ? (
        error === undefined ? (
          <Skeleton height="20rem" />
        ) : (
          <ErrorState error={error} retry={reload} />
        )
      ) : (
        <>
          {error !== undefined && <StaleNotice error={error} retry={reload} />}
          {!data.known && <Notice tone="warn">{t('functions.unknownHint')}</Notice>}
          <FunctionStats view={data} />
          <FunctionSettings view={data} edit={() => setEdited(true)} put={put} />
          <ObjectAudit kind="functions" target={name} />
        </>
      )}
      {error?.status !== 404 && <ScopedMetrics of={{ name }} />}
      {edited && data !== undefined && (
        <FunctionDialog view={data} put={put} close={() => setEdited(false)} />
      )}
    </Page>
  );
}

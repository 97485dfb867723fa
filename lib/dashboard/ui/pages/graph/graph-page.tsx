import { useState } from 'preact/hooks';
import type { GraphView } from '../../../api/cluster.api.js';
import { JOB_STATES, type JobState } from '../../../../job/job-state.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { pathTo } from '../../app/router.js';
import { StateIcon } from '../../components/badge.js';
import { ErrorState, Notice, StaleNotice } from '../../components/empty.js';
import { Page } from '../../components/page.js';
import { SkeletonRows } from '../../components/skeleton.js';
import { Segmented } from '../../components/tabs.js';
import type { PageProps } from '../../shell/routes.js';
import { GraphList } from './graph-list.js';
import { GraphStage } from './graph-stage.js';
import './graph.css';

/** A graph of more jobs is read again less often. Milliseconds. */
const LIVE = { few: 1_500, many: 8_000, from: 1_000 };

/** The jobs that depend on each other, as a picture or as a list. */
export function GraphPage({ params }: PageProps) {
  const { api, router } = useApp();
  const { t } = useTexts();
  const uuid = params['uuid'] ?? '';
  const [live, setLive] = useState(LIVE.few);
  const {
    data: graph,
    error,
    reload,
  } = useResource(
    `graph:${uuid}`,
    async (signal) => {
      const read = await api.graph(uuid, signal);
      setLive(read.nodes.length < LIVE.from ? LIVE.few : LIVE.many);
      return read;
    },
    { live },
  );
  const [only, setOnly] = useState<JobState | null>(null);
  const view = router.place.value.query.get('view') === 'list' ? 'list' : 'picture';
  if (graph === undefined) {
    return (
      <Page title={t('graph.title')}>
        {error === undefined ? <SkeletonRows /> : <ErrorState error={error} retry={reload} />}
      </Page>
    );
  }
  return (
    <Page
      title={t('graph.title')}
      actions={
        <>
          <a class="link" href={pathTo('jobs', { graph: uuid })}>
            {t('graph.inJobs')}
          </a>
          <Segmented
            label={t('graph.view')}
            choices={[
              { id: 'picture', label: t('graph.picture') },
              { id: 'list', label: t('graph.list') },
            ]}
            chosen={view}
            choose={(id) =>
              router.go(pathTo(`graphs/${uuid}`, { view: id === 'list' ? id : '' }), { replace: true })
            }
          />
        </>
      }
    >
      {error !== undefined && <StaleNotice error={error} retry={reload} />}
      {graph.cut > 0 && <Notice>{t('graph.cut', { n: graph.cut })}</Notice>}
      <Legend graph={graph} only={only} setOnly={setOnly} />
      {view === 'list' ? <GraphList graph={graph} only={only} /> : <GraphStage graph={graph} only={only} />}
      {view === 'picture' && <p class="faint graph-hint">{t('graph.hint')}</p>}
    </Page>
  );
}

/** How many are in each state; pressed, only those stand out. */
function Legend({
  graph,
  only,
  setOnly,
}: {
  graph: GraphView;
  only: JobState | null;
  setOnly: (state: JobState | null) => void;
}) {
  const { t, format } = useTexts();
  return (
    <div class="states" role="group" aria-label={t('filter.state')}>
      {JOB_STATES.filter((state) => graph.counts[state] > 0).map((state) => (
        <button
          key={state}
          type="button"
          class="state-pill"
          aria-pressed={only === state}
          onClick={() => setOnly(only === state ? null : state)}
        >
          <StateIcon state={state} size={14} />
          {t(`state.${state}`)} <span class="state-count">{format.number(graph.counts[state])}</span>
        </button>
      ))}
    </div>
  );
}

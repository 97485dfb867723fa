import { useCallback, useMemo, useState } from 'preact/hooks';
import type { GraphView } from '../../../api/cluster.api.js';
import { JOB_STATES, type JobState } from '../../../../job/job-state.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { pathTo } from '../../app/router.js';
import { Button } from '../../components/button.js';
import { StateIcon } from '../../components/badge.js';
import { ErrorState, Notice, StaleNotice } from '../../components/empty.js';
import { Page } from '../../components/page.js';
import { SkeletonRows } from '../../components/skeleton.js';
import { Segmented } from '../../components/tabs.js';
import type { PageProps } from '../../shell/routes.js';
import { type Fold, type FoldedGraph, type FoldWords, foldGraph, statesOfFold } from './fold.js';
import { GraphList } from './graph-list.js';
import { GraphStage } from './graph-stage.js';
import './graph.css';

/** A graph of more jobs is read again less often. Milliseconds. */
const LIVE = { few: 1_500, many: 8_000, from: 1_000 };

/** A graph of fewer jobs is read as it is. */
const FOLDED_FROM = 100;
const NO_FOLDS: FoldedGraph['folds'] = new Map();

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
  const describe = useFoldText();
  const folded = useMemo(() => {
    const isLarge = graph !== undefined && graph.nodes.length >= FOLDED_FROM;
    return isLarge ? foldGraph(graph, describe) : graph && { graph, folds: NO_FOLDS };
  }, [graph, describe]);
  const isFolded = router.place.value.query.get('fold') !== 'off' && (folded?.folds.size ?? 0) > 0;
  const view = router.place.value.query.get('view') === 'list' ? 'list' : 'picture';
  if (graph === undefined || folded === undefined) {
    return (
      <Page title={t('graph.title')}>
        {error === undefined ? <SkeletonRows /> : <ErrorState error={error} retry={reload} />}
      </Page>
    );
  }
  const shown = isFolded ? folded.graph : graph;
  const path = (at: number): string => {
    const fold = isFolded ? folded.folds.get(at) : undefined;
    return fold === undefined
      ? `jobs/${shown.nodes[at]?.uuid ?? ''}`
      : pathTo('jobs', {
          graph: uuid,
          name: fold.name,
          state: fold.counts.failed === undefined ? '' : 'failed',
        });
  };
  const go = (query: { view?: string; fold?: string }) =>
    router.go(
      pathTo(`graphs/${uuid}`, {
        view: view === 'list' ? view : '',
        fold: isFolded ? '' : (router.place.peek().query.get('fold') ?? ''),
        ...query,
      }),
      { replace: true },
    );
  return (
    <Page
      title={t('graph.title')}
      actions={
        <>
          {graph.batches.map((batch) => (
            <a key={batch.uuid} class="link" href={`batches/${batch.uuid}`}>
              {t('graph.batch', { name: batch.name === '' ? t('batches.unnamed') : batch.name })}
            </a>
          ))}
          <a class="link" href={pathTo('jobs', { graph: uuid })}>
            {t('graph.inJobs')}
          </a>
          {folded.folds.size > 0 && (
            <Button icon="fit" aria-pressed={isFolded} onClick={() => go({ fold: isFolded ? 'off' : '' })}>
              {t('graph.fold')}
            </Button>
          )}
          <Segmented
            label={t('graph.view')}
            choices={[
              { id: 'picture', label: t('graph.picture') },
              { id: 'list', label: t('graph.list') },
            ]}
            chosen={view}
            choose={(id) => go({ view: id === 'list' ? id : '' })}
          />
        </>
      }
    >
      {error !== undefined && <StaleNotice error={error} retry={reload} />}
      {graph.cut > 0 && <Notice>{t('graph.cut', { n: graph.cut })}</Notice>}
      <Legend graph={graph} only={only} setOnly={setOnly} />
      {view === 'list' ? (
        <GraphList graph={shown} only={only} path={path} />
      ) : (
        <GraphStage graph={shown} only={only} path={path} />
      )}
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

/** `300 × value`, and `296 done, 4 failed`. */
function useFoldText(): (fold: Fold) => FoldWords {
  const { t, format } = useTexts();
  return useCallback(
    (fold) => ({
      description: t('graph.folded', {
        n: fold.count,
        name: fold.name.slice(fold.name.lastIndexOf('.') + 1),
      }),
      name: statesOfFold(fold)
        .map(([state, count]) => `${format.number(count)} ${t(`state.${state}`).toLowerCase()}`)
        .join(', '),
    }),
    [t, format],
  );
}

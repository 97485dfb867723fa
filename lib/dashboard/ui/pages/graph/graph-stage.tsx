import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { GraphView } from '../../../api/cluster.api.js';
import type { JobState } from '../../../../job/job-state.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { IconButton } from '../../components/button.js';
import { chooseLayout } from './choose-layout.js';
import { GraphCard } from './graph-card.js';
import type { Layout } from './layout.js';
import { Stage } from './stage.js';
import { listen } from './stage-input.js';

/** The graph as a picture. The list beside it says the same in words. */
export function GraphStage({
  graph,
  only,
  path,
}: {
  graph: GraphView;
  only: JobState | null;
  /** Where the node at a place leads. */
  path: (at: number) => string;
}) {
  const app = useApp();
  const { t, format } = useTexts();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [stage, setStage] = useState<Stage | null>(null);
  const layout = useLayout(graph);
  const latest = useRef(path);
  latest.current = path;

  useEffect(() => {
    const element = canvas.current;
    if (element === null) {
      return undefined;
    }
    const made = new Stage(element);
    const open = (at: number, away: boolean) => {
      const to = latest.current(at);
      if (away) {
        window.open(new URL(to, document.baseURI), '_blank', 'noopener');
      } else {
        app.router.go(to);
      }
    };
    const mute = listen(element, made, open);
    const room = new ResizeObserver(() => made.resize());
    room.observe(element);
    setStage(made);
    return () => {
      room.disconnect();
      mute();
      made.stop();
    };
  }, [app]);
  useEffect(() => {
    if (layout !== null) {
      stage?.show(graph, layout);
    }
  }, [stage, graph, layout]);
  useEffect(() => stage?.only(only), [stage, only]);
  const dark = app.theme.dark.value;
  useEffect(() => stage?.retheme(), [stage, dark]);

  return (
    <div class="graph-stage" {...(stage !== null && layout !== null && { 'data-ready': '' })}>
      <canvas
        ref={canvas}
        class={`graph-canvas ${stage?.active.value === null ? '' : 'graph-over'}`}
        tabIndex={0}
        role="application"
        aria-label={t('graph.label', { n: graph.nodes.length })}
      />
      {layout === null && <p class="graph-wait">{t('app.loading')}</p>}
      {stage !== null && (
        <>
          <div class="graph-zoom">
            <IconButton icon="plus" size="s" label={t('graph.in')} onClick={() => stage.zoom(1.4)} />
            <span class="graph-scale" role="status">
              {format.percent(Math.round(stage.scale.value * 100) / 100)}
            </span>
            <IconButton icon="minus" size="s" label={t('graph.out')} onClick={() => stage.zoom(1 / 1.4)} />
            <IconButton icon="fit" size="s" label={t('graph.fit')} onClick={() => stage.fit()} />
          </div>
          <GraphCard graph={graph} at={stage.active.value} />
        </>
      )}
    </div>
  );
}

/** Made again only where jobs or bonds came or went: a state that changes moves nothing. */
function useLayout(graph: GraphView): Layout | null {
  const [layout, setLayout] = useState<Layout | null>(null);
  const form = useMemo(() => formOf(graph), [graph]);
  useEffect(() => {
    let current = true;
    // The page stands before the work begins.
    const timer = setTimeout(() => {
      void chooseLayout(graph).then((made) => current && setLayout(made));
    });
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [form]);
  return layout !== null && layout.x.length === graph.nodes.length ? layout : null;
}

function formOf({ nodes, edges }: GraphView): string {
  return `${nodes.map(({ uuid }) => uuid).join()} ${edges.join()}`;
}

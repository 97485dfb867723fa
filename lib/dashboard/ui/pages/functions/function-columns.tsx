import type { FunctionView } from '../../../api/functions.api.js';
import { useTexts } from '../../app/app-context.js';
import { pathTo } from '../../app/router.js';
import { Badge } from '../../components/badge.js';
import { Share } from '../../components/share.js';
import { RowLink, type Column } from '../../components/table.js';
import { Duration } from '../../components/time.js';
import { FunctionPause } from './function-pause.js';
import { useRetryText } from './retry-text.js';

export const functionPath = ({ name }: Pick<FunctionView, 'name'>): string =>
  `functions/${encodeURIComponent(name)}`;

export function isChanged({ changed }: FunctionView): boolean {
  return changed.channel !== null || changed.retryPattern !== null;
}

export function useFunctionColumns(): readonly Column<FunctionView>[] {
  const { t, format } = useTexts();
  const retryText = useRetryText();
  const counted = (id: 'waiting' | 'running' | 'failed', state: string): Column<FunctionView> => ({
    id,
    head: t(`functions.${id}`),
    align: 'end',
    cell: (row) =>
      row[id] === 0 ? (
        <span class="faint">0</span>
      ) : (
        <a
          class={`functions-count ${id === 'failed' ? 'functions-bad' : ''}`}
          href={pathTo('jobs', { state, name: row.name })}
        >
          {format.number(row[id])}
        </a>
      ),
  });
  return [
    {
      id: 'name',
      head: t('functions.name'),
      grow: true,
      card: 'lead',
      cell: (row) => (
        <span class="functions-lead">
          <span class="row functions-names">
            <RowLink href={functionPath(row)}>{row.name}</RowLink>
            {!row.known && <Badge tone="warn">{t('functions.unknown')}</Badge>}
            <FunctionPause view={row} />
            {isChanged(row) && <Badge tone="accent">{t('functions.changed')}</Badge>}
          </span>
          <span class="functions-retry faint truncate">{retryText(row.retryPattern)}</span>
        </span>
      ),
    },
    {
      id: 'channel',
      head: t('functions.channel'),
      from: 'l',
      cell: ({ channel }) => (
        <a class="functions-channel truncate" href={pathTo('channels', { channel })} data-tip={channel}>
          {channel}
        </a>
      ),
    },
    counted('waiting', 'pending,enqueued'),
    counted('running', 'started'),
    counted('failed', 'failed'),
    {
      id: 'ended',
      head: t('functions.ended'),
      align: 'end',
      from: 'm',
      cell: ({ ended }) => format.number(ended),
    },
    {
      id: 'rate',
      head: t('functions.rate'),
      align: 'end',
      from: 'm',
      cell: ({ failureRate }) =>
        failureRate === null ? <span class="faint">–</span> : format.percent(failureRate),
    },
    {
      id: 'p99',
      head: t('functions.p99'),
      align: 'end',
      from: 'm',
      cell: ({ name, runP99 }) =>
        runP99 === null ? (
          <span class="faint">–</span>
        ) : (
          <a
            class="functions-count"
            href={pathTo('jobs', { name, sort: 'slowest' })}
            data-tip={t('functions.slowest')}
          >
            <Duration seconds={runP99} />
          </a>
        ),
    },
    {
      id: 'total',
      head: t('functions.total'),
      align: 'end',
      cell: ({ total }) => (total === 0 ? <span class="faint">–</span> : <Duration seconds={total} />),
    },
    {
      id: 'share',
      head: t('functions.share'),
      align: 'end',
      from: 'l',
      cell: ({ share }) => <Share share={share} />,
    },
  ];
}

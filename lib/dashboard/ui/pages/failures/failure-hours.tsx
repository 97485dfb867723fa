import { useState } from 'preact/hooks';
import type { FailureDetail } from '../../../api/failures.api.js';
import { useApp, useTexts } from '../../app/app-context.js';
import { Segmented } from '../../components/tabs.js';
import { HourBars, type BarPart } from './hour-bars.js';

type By = 'all' | 'node' | 'release';
const WAYS: readonly By[] = ['all', 'node', 'release'];
/** Nodes or releases that have a colour each; the others are one. */
const MOST = 5;

/** The attempts that failed so, by hour: all of them, or by node or release; with a mark where a new release came. */
export function FailureHours({ detail }: { detail: FailureDetail }) {
  const { nodeNames } = useApp();
  const { t } = useTexts();
  const [by, setBy] = useState<By>('all');
  const { hours, byNode, byRelease, releases } = detail;
  const all = hours.map((_, at) => byNode.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0));
  const parts: Readonly<Record<By, readonly BarPart[]>> = {
    all: [{ label: t('failures.attemptsTitle'), counts: all }],
    node: byNode.map(({ node, counts }) => ({
      label: node === null ? t('failures.unknownNode') : nodeNames.titleOf(node),
      counts,
    })),
    release: byRelease.map(({ release, counts }) => ({
      label: release ?? t('failures.unknownRelease'),
      counts,
    })),
  };
  const total = all.reduce((sum, count) => sum + count, 0);
  return (
    <>
      <Segmented
        label={t('failures.by')}
        choices={WAYS.map((id) => ({ id, label: t(`failures.by.${id}`) }))}
        chosen={by}
        choose={setBy}
      />
      <HourBars
        label={t(detail.range === 'day' ? 'failures.inDay' : 'failures.inWeek', { n: total })}
        hours={hours}
        parts={folded(parts[by], t('failures.others'))}
        marks={releases.map(({ release, date }) => ({ label: t('failures.newRelease', { release }), date }))}
      />
    </>
  );
}

function folded(parts: readonly BarPart[], label: string): readonly BarPart[] {
  if (parts.length <= MOST + 1) {
    return parts;
  }
  const others = parts.slice(MOST);
  const counts = (others[0]?.counts ?? []).map((_, at) =>
    others.reduce((sum, part) => sum + (part.counts[at] ?? 0), 0),
  );
  return [...parts.slice(0, MOST), { label, counts }];
}

import { useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import type { JobActionName } from '../../../api/actions.api.js';
import { SelectionBar } from '../../actions/selection-bar.js';
import { useJobAction } from '../../actions/use-job-action.js';
import { useApp } from '../../app/app-context.js';
import { useKeys } from '../../app/keyboard.js';
import type { Selection } from '../../components/selection.js';
import type { TableProps } from '../../components/table.js';
import type { JobList, JobRow } from './job-list.js';

const KEYS = [
  { key: 'r', name: 'requeue' },
  { key: 'c', name: 'cancel' },
] as const;

/** Actions on the rows that are selected, on the one that has the focus, and on all that match. */
export function useBulk(
  list: JobList,
  rows: readonly JobRow[],
  selection: Selection,
): {
  readonly rowKeys: NonNullable<TableProps<JobRow>['rowKeys']>;
  /** What stands below the rows. */
  readonly parts: ComponentChildren;
} {
  const app = useApp();
  const [wanted, setEverything] = useState(false);
  const jobs = rows.flatMap(({ job }) => (selection.has(job.uuid) ? [job] : []));
  const everything = wanted && selection.some;
  const actions = useJobAction((_, progress) => {
    if (progress.changed > 0) {
      setEverything(false);
      selection.clear();
    }
    void list.refresh(rows.map(({ job }) => job.uuid));
  });
  const ask = (name: JobActionName) => actions.ask(name, everything ? { filter: list.filters } : { jobs });
  const clear = () => {
    setEverything(false);
    selection.clear();
  };
  const allowed = KEYS.filter(({ name }) => app.may(name));
  const may = (name: JobActionName) => everything || jobs.some((job) => job.actions.includes(name));
  useKeys(
    selection.some
      ? [
          ...allowed.map(({ key, name }) => ({
            keys: key,
            group: 'list' as const,
            text: `action.${name}` as const,
            run: () => may(name) && ask(name),
          })),
          { keys: 'Escape', group: 'list', text: 'act.clear', run: clear },
        ]
      : [],
    [selection, everything, jobs.length, list],
  );
  return {
    rowKeys: selection.some
      ? []
      : allowed.map(({ key, name }) => ({
          key,
          text: `action.${name}` as const,
          run: ({ job }) => job.actions.includes(name) && actions.ask(name, { jobs: [job] }),
        })),
    parts: (
      <>
        {selection.some && (
          <SelectionBar
            jobs={jobs}
            everything={everything}
            setEverything={setEverything}
            clear={clear}
            ask={ask}
          />
        )}
        {actions.dialog}
      </>
    ),
  };
}

import { useId } from 'preact/hooks';
import { useApp, useTexts } from '../../app/app-context.js';
import { Button } from '../../components/button.js';
import { GROUPS, jobsPath, SORTS, type Filters, type ListView } from './filters.js';
import { openDialog } from './list-settings.js';

/** How the list stands: its order, what it is grouped by, and its views, columns and files. */
export function ListBar({ filters, view }: { filters: Filters; view: ListView }) {
  const { router } = useApp();
  const { t } = useTexts();
  const change = (next: Partial<ListView>) => router.go(jobsPath(filters, { ...view, ...next }));
  return (
    <div class="list-bar">
      <Choice
        label={t('list.sort')}
        value={view.sort}
        choices={SORTS.map((id) => [id, t(`list.sort.${id}`)])}
        disabled={view.group !== null}
        change={(id) => change({ sort: SORTS.find((one) => one === id) ?? 'newest' })}
      />
      <Choice
        label={t('list.group')}
        value={view.group ?? ''}
        choices={[['', t('list.group.none')], ...GROUPS.map((id) => [id, t(`list.group.${id}`)] as const)]}
        change={(id) => change({ group: GROUPS.find((one) => one === id) ?? null })}
      />
      <span class="list-bar-end">
        <Button kind="ghost" size="s" icon="filter" onClick={() => (openDialog.value = 'views')}>
          {t('list.views')}
        </Button>
        <Button kind="ghost" size="s" icon="fit" onClick={() => (openDialog.value = 'columns')}>
          {t('list.columns')}
        </Button>
        <Button kind="ghost" size="s" icon="down" onClick={() => (openDialog.value = 'download')}>
          {t('job.download')}
        </Button>
      </span>
    </div>
  );
}

function Choice({
  label,
  value,
  choices,
  disabled = false,
  change,
}: {
  label: string;
  value: string;
  choices: readonly (readonly [id: string, name: string])[];
  disabled?: boolean;
  change: (id: string) => void;
}) {
  const id = useId();
  return (
    <span class="list-choice">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="input"
        value={value}
        disabled={disabled}
        onChange={(event) => change(event.currentTarget.value)}
      >
        {choices.map(([one, name]) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}

import { useState } from 'preact/hooks';
import { useApp, useTexts } from '../../app/app-context.js';
import { Button, IconButton } from '../../components/button.js';
import { CheckField } from '../../components/check-field.js';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { Icon } from '../../components/icon.js';
import { jobsPath, type Filters, type ListView } from './filters.js';
import { chosenColumns, COLUMNS, density, openDialog, ownViews, SHIPPED_VIEWS } from './list-settings.js';

const close = () => (openDialog.value = null);

/** The dialog of the list that is open. */
export function ListDialogs({ filters, view }: { filters: Filters; view: ListView }) {
  const open = openDialog.value;
  if (open === 'views') {
    return <Views filters={filters} view={view} />;
  }
  return open === 'columns' ? <Columns /> : open === 'download' ? <Download filters={filters} /> : null;
}

function Views({ filters, view }: { filters: Filters; view: ListView }) {
  const { t } = useTexts();
  const [name, setName] = useState('');
  const own = ownViews.value;
  const save = (event: Event) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted !== '') {
      ownViews.value = [...own.filter((one) => one.name !== wanted), { name: wanted, filters, ...view }];
      setName('');
    }
  };
  return (
    <Dialog title={t('list.views')} close={close}>
      <ul class="views">
        {SHIPPED_VIEWS.map(({ id, filters: of, ...how }) => (
          <li key={id} class="views-line">
            <a class="views-link" href={jobsPath(of, how)} onClick={close}>
              {t(`list.view.${id}`)}
            </a>
          </li>
        ))}
        {own.map((one) => (
          <li key={one.name} class="views-line">
            <a class="views-link" href={jobsPath(one.filters, one)} onClick={close}>
              {one.name}
            </a>
            <IconButton
              icon="trash"
              size="s"
              label={t('list.removeView', { name: one.name })}
              onClick={() => (ownViews.value = own.filter((other) => other !== one))}
            />
          </li>
        ))}
      </ul>
      <form class="views-save" onSubmit={save}>
        <Field
          label={t('list.saveAs')}
          hint={t('list.saveHint')}
          maxLength={60}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" kind="primary" disabled={name.trim() === ''}>
          {t('list.save')}
        </Button>
      </form>
    </Dialog>
  );
}

function Columns() {
  const { t } = useTexts();
  const chosen = chosenColumns.value;
  return (
    <Dialog title={t('list.columns')} close={close}>
      <div class="columns-choice">
        {COLUMNS.map((id) => (
          <CheckField
            key={id}
            label={t(`list.column.${id}`)}
            checked={chosen.includes(id)}
            change={(on) =>
              (chosenColumns.value = COLUMNS.filter((one) => (one === id ? on : chosen.includes(one))))
            }
          />
        ))}
      </div>
      <CheckField
        label={t('list.compact')}
        hint={t('list.compactHint')}
        checked={density.value === 'compact'}
        change={(on) => (density.value = on ? 'compact' : 'normal')}
      />
    </Dialog>
  );
}

function Download({ filters }: { filters: Filters }) {
  const { api } = useApp();
  const { t } = useTexts();
  return (
    <Dialog title={t('list.download')} close={close}>
      <p>{t('list.downloadHint')}</p>
      <div class="row">
        {(['csv', 'json'] as const).map((format) => (
          <a
            key={format}
            class="button button-plain button-m"
            href={api.exportUrl({ ...filters, format })}
            download={`jobs.${format}`}
            onClick={close}
          >
            <Icon name="down" />
            {format.toUpperCase()}
          </a>
        ))}
      </div>
    </Dialog>
  );
}

import { useState } from 'preact/hooks';
import { useTexts } from '../../app/app-context.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { withFilter, type Filters } from './filters.js';

/** From when to when, in the time of who is asking. */
export function RangeDialog({
  filters,
  change,
  close,
}: {
  filters: Filters;
  change: (next: Filters) => void;
  close: () => void;
}) {
  const { t } = useTexts();
  const [from, setFrom] = useState(localOf(filters.from));
  const [to, setTo] = useState(localOf(filters.to));
  const apply = () => {
    close();
    change(withFilter(withFilter(filters, 'from', isoOf(from)), 'to', isoOf(to)));
  };
  return (
    <Dialog
      title={t('filter.rangeTitle')}
      close={close}
      actions={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button kind="primary" onClick={apply}>
            {t('filter.apply')}
          </Button>
        </>
      }
    >
      <div class="range">
        <Field
          label={t('filter.rangeFrom')}
          type="datetime-local"
          value={from}
          onInput={(event) => setFrom(event.currentTarget.value)}
        />
        <Field
          label={t('filter.rangeTo')}
          type="datetime-local"
          value={to}
          onInput={(event) => setTo(event.currentTarget.value)}
        />
      </div>
    </Dialog>
  );
}

/** As the field has it: `2026-05-04T09:30`, in the zone of the browser. */
function localOf(iso: string | undefined): string {
  const time = iso === undefined ? Number.NaN : Date.parse(iso);
  return Number.isNaN(time)
    ? ''
    : new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function isoOf(local: string): string {
  return local === '' ? '' : new Date(local).toISOString();
}

import { useApp, useTexts } from '../../app/app-context.js';
import { useFailureWords } from '../../app/failure-words.js';
import { Icon } from '../../components/icon.js';
import { TailText } from '../../components/tail-text.js';
import { TYPED_KEYS, type TypedKey } from './filter-suggestions.js';
import { FILTER_KEYS, withFilter, type FilterKey, type Filters } from './filters.js';

/** States have pills of their own. */
const SHOWN = FILTER_KEYS.filter((key) => key !== 'state');

/** The filters in use: pressed, one is typed again; its cross takes it away. */
export function FilterChips({
  filters,
  change,
  edit,
}: {
  filters: Filters;
  change: (next: Filters) => void;
  edit: (key: TypedKey, text: string) => void;
}) {
  const { t, format } = useTexts();
  const { nodeNames } = useApp();
  const failure = useFailureWords(filters.failure);
  const shown = (key: FilterKey, value: string) => {
    if (key === 'from' || key === 'to') {
      return Number.isNaN(Date.parse(value)) ? value : format.exact(value);
    }
    if (key === 'failure') {
      return failure;
    }
    return key === 'node' && /^\d{1,9}$/.test(value) ? nodeNames.titleOf(Number(value)) : value;
  };
  return (
    <>
      {SHOWN.flatMap((key) => {
        const value = filters[key];
        if (value === undefined) {
          return [];
        }
        const name = t(`filter.${key}`);
        const words = (
          <>
            <span class="chip-name">{name}</span> <TailText text={shown(key, value)} />
          </>
        );
        return [
          <span class="chip" key={key}>
            {TYPED_KEYS.some((one) => one === key) ? (
              <button
                type="button"
                class="chip-edit"
                aria-label={`${t('filter.edit', { name })}: ${value}`}
                onClick={() => edit(key as TypedKey, value)}
              >
                {words}
              </button>
            ) : (
              <span class="chip-edit">{words}</span>
            )}
            <button
              type="button"
              class="chip-remove"
              aria-label={t('filter.remove', { name })}
              onClick={() => change(withFilter(filters, key, ''))}
            >
              <Icon name="close" size={12} />
            </button>
          </span>,
        ];
      })}
    </>
  );
}

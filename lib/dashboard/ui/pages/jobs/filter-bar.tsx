import { useId, useRef, useState } from 'preact/hooks';
import { useApp, useTexts } from '../../app/app-context.js';
import { useResource } from '../../app/resource.js';
import { Icon } from '../../components/icon.js';
import { FilterChips } from './filter-chips.js';
import { hintOf, suggest, type Known, type Suggestion, type TypedKey } from './filter-suggestions.js';
import { withFilter, type Filters } from './filters.js';
import { RangeDialog } from './range-dialog.js';

/** One field for all filters: what is typed is offered as each of those that it can mean. */
export function FilterBar({ filters, change }: { filters: Filters; change: (next: Filters) => void }) {
  const { router } = useApp();
  const { t, format } = useTexts();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [key, setKey] = useState<TypedKey | null>(null);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const [range, setRange] = useState(false);
  const known = useKnown();

  const offered = open ? suggest(key, text, known, t, (seconds) => format.span(seconds)) : [];
  const edit = (nextKey: TypedKey | null, nextText: string) => {
    setKey(nextKey);
    setText(nextText);
    setAt(0);
    setOpen(true);
    input.current?.focus();
  };
  const finish = () => {
    setKey(null);
    setText('');
    setAt(0);
    setOpen(false);
  };
  const take = ({ does }: Suggestion) => {
    switch (does.kind) {
      case 'key':
        return edit(does.key, '');
      case 'filter':
        finish();
        return change(withFilter(filters, does.key, does.value));
      case 'range':
        finish();
        return setRange(true);
      case 'open':
        return router.go(`jobs/${does.uuid}`);
    }
  };
  const press = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const chosen = offered[at];
    if (step !== 0) {
      event.preventDefault();
      setOpen(true);
      setAt((now) => (now + step + Math.max(1, offered.length)) % Math.max(1, offered.length));
    } else if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === 'Backspace' && text === '' && key !== null) {
      edit(null, '');
    } else if (event.key === 'Escape') {
      finish();
      input.current?.blur();
    }
  };
  return (
    <div class="filter">
      <div class="filter-field">
        <Icon name="search" />
        <FilterChips filters={filters} change={change} edit={edit} />
        {key !== null && <span class="filter-key">{t(`filter.${key}`)}:</span>}
        <input
          ref={input}
          class="filter-input"
          data-search
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck={false}
          aria-label={t('jobs.search')}
          aria-expanded={offered.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          {...(offered[at] !== undefined && { 'aria-activedescendant': `${id}-${at}` })}
          placeholder={key === null ? t('jobs.search') : hintOf(key, t)}
          value={text}
          onInput={(event) => edit(key, event.currentTarget.value)}
          onFocus={() => setOpen(true)}
          onClick={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={press}
        />
        {key === null && text === '' && <kbd class="key filter-slash">/</kbd>}
      </div>
      <ul
        class="filter-list"
        role="listbox"
        id={`${id}-list`}
        aria-label={t('filter.suggestions')}
        hidden={offered.length === 0}
      >
        {offered.map((suggestion, index) => (
          <li
            key={suggestion.id}
            id={`${id}-${index}`}
            role="option"
            class="filter-option"
            aria-selected={index === at}
            onPointerMove={() => setAt(index)}
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(suggestion)}
          >
            <Icon name={suggestion.icon} />
            <span class="muted">{suggestion.label}</span>
            <span class="truncate">{suggestion.value}</span>
          </li>
        ))}
      </ul>
      {range && <RangeDialog filters={filters} change={change} close={() => setRange(false)} />}
    </div>
  );
}

function useKnown(): Known {
  const { api } = useApp();
  const functions = useResource('functions', (signal) => api.functions(signal));
  const channels = useResource('channels', (signal) => api.channels({}, signal));
  const nodes = useResource('nodes', (signal) => api.nodes(signal));
  return {
    names: (functions.data ?? []).map(({ name }) => name),
    channels: (channels.data ?? []).map(({ name }) => name),
    nodes: nodes.data ?? [],
  };
}

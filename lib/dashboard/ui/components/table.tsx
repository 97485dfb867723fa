import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { useApp, useTexts } from '../app/app-context.js';
import { useRowKeys } from './row-keys.js';
import type { Selection } from './selection.js';
import './table.css';

export interface Column<T> {
  readonly id: string;
  readonly head: string;
  readonly cell: (row: T) => ComponentChildren;
  /** Figures stand at the end. */
  readonly align?: 'end';
  /** Takes what the others leave; one a table. */
  readonly grow?: boolean;
  /** Left out where the table is narrower: `m` is 46 rem, `l` 60 rem. */
  readonly from?: 'm' | 'l';
  /** On a phone, where rows are cards: the lead stands on top, a line has its heading beside, `none` isn't there. */
  readonly card?: 'lead' | 'line' | 'bare' | 'none';
}

export interface TableProps<T> {
  /** What the table is of, read aloud. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  /** Where a row leads; a column has to hold the link itself, in a `<RowLink>`. */
  readonly href?: (row: T) => string;
  readonly rowClass?: (row: T) => string;
  readonly selection?: Selection;
  /** What a row is called, where it can be selected. */
  readonly rowName?: (row: T) => string;
  /** `j`, `k`, `x` move and select here. Default: true. One table a page. */
  readonly keys?: boolean;
  /** More keys for the row that has the focus. */
  readonly rowKeys?: readonly {
    readonly key: string;
    readonly text: 'action.requeue' | 'action.cancel';
    readonly run: (row: T) => void;
  }[];
}

/** Rows with a heading each column; on a phone, cards. */
export function Table<T>(props: TableProps<T>) {
  const { label, columns, rows, rowKey, href, rowClass, selection, rowName, keys = true } = props;
  const { router } = useApp();
  const { t } = useTexts();
  const element = useRef<HTMLTableElement>(null);
  useRowKeys(keys ? element : null, props);

  const open = (event: MouseEvent, row: T) => {
    const on = event.target instanceof Element ? event.target : null;
    const busy = on?.closest('a, button, input, label, select, summary') !== null;
    // Somebody who marks a text doesn't want to leave.
    if (href !== undefined && !busy && event.button === 0 && getSelection()?.toString() === '') {
      router.go(href(row));
    }
  };
  return (
    <div class="table-box">
      <table class={`table ${href === undefined ? '' : 'table-links'}`} aria-label={label} ref={element}>
        <thead>
          <tr>
            {selection !== undefined && (
              <th class="table-check" scope="col">
                <input
                  type="checkbox"
                  aria-label={t('jobs.selectAll')}
                  checked={selection.all}
                  indeterminate={selection.some && !selection.all}
                  onChange={selection.toggleAll}
                />
              </th>
            )}
            {columns.map((column) => (
              <th key={column.id} scope="col" class={classOf(column)}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = rowKey(row);
            const selected = selection?.has(key) ?? false;
            return (
              <tr
                key={key}
                data-key={key}
                class={`${rowClass?.(row) ?? ''} ${selected ? 'row-selected' : ''}`}
                onClick={(event) => open(event, row)}
              >
                {selection !== undefined && (
                  <td class="table-check">
                    <input
                      type="checkbox"
                      aria-label={t('jobs.select', { name: rowName?.(row) ?? key })}
                      checked={selected}
                      onClick={(event) => selection.toggle(key, event.shiftKey)}
                    />
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.id} class={classOf(column)} data-head={column.head}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The link of a row: what the keys `j` and `k` move to. */
export function RowLink({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <a class="row-link truncate" href={href} data-row>
      {children}
    </a>
  );
}

function classOf({ align, grow, from, card = 'line' }: Column<never>): string {
  return [
    align === 'end' && 'cell-end',
    grow === true && 'cell-grow',
    from && `cell-from-${from}`,
    `cell-card-${card}`,
  ]
    .filter(Boolean)
    .join(' ');
}

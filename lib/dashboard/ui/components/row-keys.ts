import type { RefObject } from 'preact';
import { useKeys, type KeyBinding } from '../app/keyboard.js';
import type { TableProps } from './table.js';

/** `j` and `k` go from row to row; the browser's own focus says where, so that Enter opens the link of the row. */
export function useRowKeys<T>(
  element: RefObject<HTMLTableElement | null> | null,
  props: TableProps<T>,
): void {
  const { rows, rowKey, href, selection, rowKeys = [] } = props;

  const lines = () => [...(element?.current?.querySelectorAll<HTMLElement>('tbody > tr') ?? [])];
  const at = () => lines().findIndex((line) => line.contains(document.activeElement));
  const move = (step: number) => {
    const all = lines();
    const now = at();
    const next = all[now < 0 ? firstSeen(all) : Math.min(Math.max(now + step, 0), all.length - 1)];
    const target =
      next?.querySelector<HTMLElement>('[data-row]') ?? next?.querySelector<HTMLElement>('a, button, input');
    target?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: 'nearest' });
  };
  const focused = (): T | undefined => {
    const key = lines()[at()]?.dataset['key'];
    return rows.find((row) => rowKey(row) === key);
  };

  const bindings: KeyBinding[] = [
    { keys: 'j', group: 'list', text: 'keys.next', run: () => move(1) },
    { keys: 'k', group: 'list', text: 'keys.previous', run: () => move(-1) },
  ];
  if (href !== undefined) {
    // Shown by the help; the link does it by itself, and where the focus is elsewhere nothing is to be opened.
    bindings.push({ keys: '↵', group: 'list', text: 'keys.open', run: () => undefined });
  }
  if (selection !== undefined) {
    const select = () => {
      const row = focused();
      if (row !== undefined) {
        selection.toggle(rowKey(row), false);
      }
    };
    bindings.push({ keys: 'x', group: 'list', text: 'keys.select', run: select });
  }
  for (const { key, text, run } of rowKeys) {
    const act = () => {
      const row = focused();
      if (row !== undefined) {
        run(row);
      }
    };
    bindings.push({ keys: key, group: 'list', text, run: act });
  }
  useKeys(element === null ? [] : bindings, [element, rows, selection, rowKeys]);
}

function firstSeen(lines: readonly HTMLElement[]): number {
  return Math.max(
    0,
    lines.findIndex((line) => line.getBoundingClientRect().bottom > 120),
  );
}

import { useMemo, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { useTexts } from '../app/app-context.js';
import { Icon } from './icon.js';
import './tree.css';

export interface TreeRow<T> {
  readonly item: T;
  readonly id: string;
  readonly depth: number;
  readonly hasChildren: boolean;
  readonly open: boolean;
  readonly toggle: () => void;
}

/**
 * The rows of a tree that stand open, parents before their children: give them to a `<Table>`, and begin the first
 * column with a `<TreeCell>`. A dotted name belongs below the nearest of its ancestors that is there.
 */
export function useTreeRows<T>(items: readonly T[], idOf: (item: T) => string): readonly TreeRow<T>[] {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  return useMemo(() => {
    const ids = new Set(items.map(idOf));
    const parents = new Map([...ids].map((id) => [id, parentOf(id, ids)] as const));
    const inner = new Set(parents.values());
    const ancestors = (id: string): readonly string[] => {
      const parent = parents.get(id);
      return parent === undefined || parent === null ? [] : [...ancestors(parent), parent];
    };
    return [...items]
      .sort((one, other) => byParts(idOf(one), idOf(other)))
      .map((item) => ({ item, id: idOf(item), above: ancestors(idOf(item)) }))
      .filter(({ above }) => !above.some((id) => closed.has(id)))
      .map(({ item, id, above }) => ({
        item,
        id,
        depth: above.length,
        hasChildren: inner.has(id),
        open: !closed.has(id),
        toggle: () => setClosed(toggled(closed, id)),
      }));
  }, [items, closed]);
}

/** The beginning of a row of a tree: its depth, and what folds it. */
export function TreeCell<T>({ row, children }: { row: TreeRow<T>; children: ComponentChildren }) {
  const { t } = useTexts();
  return (
    <div class="tree-cell" style={{ paddingInlineStart: `${row.depth * 1.25}rem` }}>
      {row.hasChildren ? (
        <button
          type="button"
          class="tree-fold"
          aria-expanded={row.open}
          aria-label={row.open ? t('value.collapse') : t('value.expand')}
          onClick={row.toggle}
        >
          <Icon name={row.open ? 'down' : 'right'} size={12} />
        </button>
      ) : (
        <span class="tree-fold" />
      )}
      {children}
    </div>
  );
}

function parentOf(id: string, ids: ReadonlySet<string>): string | null {
  for (let at = id.lastIndexOf('.'); at > 0; at = id.lastIndexOf('.', at - 1)) {
    if (ids.has(id.slice(0, at))) {
      return id.slice(0, at);
    }
  }
  return null;
}

/** `a.b` before `a-c`: a child stands below its parent, whatever sign comes before the dot. */
function byParts(one: string, other: string): number {
  const left = one.split('.');
  const right = other.split('.');
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const order = (left[at] ?? '').localeCompare(right[at] ?? '');
    if (order !== 0) {
      return order;
    }
  }
  return left.length - right.length;
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) {
    next.add(id);
  }
  return next;
}

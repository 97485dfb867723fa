import { useMemo, useRef, useState } from 'preact/hooks';

/** Which rows of a list are chosen. */
export interface Selection {
  readonly chosen: ReadonlySet<string>;
  /** Every row that is shown, and some of them. */
  readonly all: boolean;
  readonly some: boolean;
  readonly has: (key: string) => boolean;
  /** With `through`, all from the one toggled before. */
  readonly toggle: (key: string, through: boolean) => void;
  readonly toggleAll: () => void;
  readonly clear: () => void;
}

/** @param keys Of the rows shown, in their order. Those no longer shown are no longer chosen. */
export function useSelection(keys: readonly string[]): Selection {
  const [raw, setChosen] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);
  return useMemo(() => {
    const chosen = new Set(keys.filter((key) => raw.has(key)));
    return {
      chosen,
      all: keys.length > 0 && chosen.size === keys.length,
      some: chosen.size > 0,
      has: (key) => chosen.has(key),
      toggle: (key, through) => {
        const to = keys.indexOf(key);
        const from = through && last.current !== null ? keys.indexOf(last.current) : to;
        const range = keys.slice(Math.min(from < 0 ? to : from, to), Math.max(from, to) + 1);
        const next = new Set(chosen);
        const on = !chosen.has(key);
        range.forEach((one) => (on ? next.add(one) : next.delete(one)));
        last.current = key;
        setChosen(next);
      },
      toggleAll: () => setChosen(chosen.size === keys.length ? new Set() : new Set(keys)),
      clear: () => setChosen(new Set()),
    };
  }, [keys, raw]);
}

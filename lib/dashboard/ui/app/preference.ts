import { signal, type Signal } from '@preact/signals';

/** A choice of the person that the browser keeps; where storage is forbidden, only for this visit. */
export function preference<T extends string>(key: string, allowed: readonly T[], fallback: T): Signal<T> {
  const name = `queue-jobs.${key}`;
  const kept = attempt(() => localStorage.getItem(name));
  const choice = signal(allowed.find((value) => value === kept) ?? fallback);
  choice.subscribe((value) => {
    attempt(() => (value === fallback ? localStorage.removeItem(name) : localStorage.setItem(name, value)));
  });
  return choice;
}

/** The same for a value of any shape; one that no longer fits is forgotten. */
export function keptValue<T>(key: string, fallback: T, fits: (value: unknown) => value is T): Signal<T> {
  const name = `queue-jobs.${key}`;
  const kept: unknown = attempt(() => JSON.parse(localStorage.getItem(name) ?? 'null') as unknown);
  const choice = signal(fits(kept) ? kept : fallback);
  choice.subscribe((value) => {
    attempt(() => localStorage.setItem(name, JSON.stringify(value)));
  });
  return choice;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

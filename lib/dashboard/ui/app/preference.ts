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

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

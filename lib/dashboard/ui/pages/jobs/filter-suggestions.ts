import type { Translate } from '../../app/language.js';
import { nodeTitle } from '../../app/node-names.js';
import type { IconName } from '../../components/icon.js';
import type { FilterKey } from './filters.js';

/** What is on offer for what was typed. */
export interface Suggestion {
  readonly id: string;
  readonly icon: IconName;
  /** What kind it is, then its value. */
  readonly label: string;
  readonly value: string;
  readonly does:
    | { readonly kind: 'filter'; readonly key: FilterKey; readonly value: string }
    | { readonly kind: 'key'; readonly key: TypedKey }
    | { readonly kind: 'range' }
    | { readonly kind: 'open'; readonly uuid: string };
}

/** Filters that are typed, and what stands for a hint. */
const TYPED = {
  name: 'functions',
  channel: 'channels',
  search: 'search',
  text: 'search',
  error: 'failures',
  user: 'info',
  tag: 'filter',
  node: 'nodes',
  priority: 'up',
  arg: 'functions',
  value: 'functions',
  key: 'copy',
  message: 'failures',
  id: 'jobs',
} as const satisfies Partial<Record<FilterKey, IconName>>;
export type TypedKey = keyof typeof TYPED;
export const TYPED_KEYS = Object.keys(TYPED) as readonly TypedKey[];

const SPANS = [900, 3_600, 86_400, 7 * 86_400];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const UUID_BEGINNING = /^[0-9a-f][0-9a-f-]{3,35}$/i;
const MOST = 6;

export interface Known {
  readonly names: readonly string[];
  readonly channels: readonly string[];
  readonly nodes: readonly { readonly id: number; readonly name: string }[];
}

/** @param key Chosen before; then what is typed is its value. */
export function suggest(
  key: TypedKey | null,
  typed: string,
  known: Known,
  t: Translate,
  span: (seconds: number) => string,
): readonly Suggestion[] {
  const text = typed.trim();
  return key === null ? forAnything(text, known, t, span) : forKey(key, text, known, t);
}

function forAnything(
  text: string,
  known: Known,
  t: Translate,
  span: (seconds: number) => string,
): readonly Suggestion[] {
  const keys = TYPED_KEYS.filter((key) => has(t(`filter.${key}`), text)).map((key) => keyOf(key, t));
  if (text === '') {
    return [...keys, ...spans(t, span)];
  }
  return [
    ...(UUID.test(text) ? [opening(text, t)] : []),
    ...(FITS.arg.test(text) ? [filter('arg', text, t)] : []),
    filter('search', text, t),
    ...known.names
      .filter((name) => has(name, text))
      .slice(0, MOST)
      .map((name) => filter('name', name, t)),
    ...known.channels
      .filter((name) => has(name, text))
      .slice(0, MOST)
      .map((name) => filter('channel', name, t)),
    ...keys,
    ...spans(t, span).filter(({ label, value }) => has(`${label} ${value}`, text)),
    filter('value', text, t),
    filter('key', text, t),
    filter('tag', text, t),
    ...(FITS.id.test(text) ? [filter('id', text, t)] : []),
    filter('text', text, t),
    filter('message', text, t),
    filter('user', text, t),
  ];
}

function forKey(key: TypedKey, text: string, known: Known, t: Translate): readonly Suggestion[] {
  if (key === 'name' || key === 'channel') {
    const all = key === 'name' ? known.names : known.channels;
    const found = all.filter((name) => has(name, text)).map((name) => filter(key, name, t));
    // One that no node knows any more may still have jobs.
    return text === '' || all.includes(text) ? found : [...found, filter(key, text, t)];
  }
  if (key === 'node') {
    return known.nodes
      .filter(({ id, name }) => has(nodeTitle({ id, name }), text))
      .map(({ id, name }) => filter('node', String(id), t, nodeTitle({ id, name })));
  }
  return (FITS[key as keyof typeof FITS] ?? /./).test(text) ? [filter(key, text, t)] : [];
}

/** What the value of a key looks like; an argument has a path, with or without its number: `customer.id=4711`. */
const FITS = { priority: /^\d+$/, arg: /^[^\s=]+=./, id: UUID_BEGINNING };
const CONTAINS: readonly TypedKey[] = ['search', 'text', 'key', 'message'];

/** What is said of a value besides the name of the filter. */
function shownOf(key: TypedKey, value: string, t: Translate): string {
  if (CONTAINS.includes(key)) {
    return t('filter.contains', { value });
  }
  return key === 'value' ? t('filter.is', { value }) : key === 'id' ? t('filter.begins', { value }) : value;
}

/** What may be typed after a key that has no list. */
export function hintOf(key: TypedKey, t: Translate): string {
  if (key === 'arg' || key === 'error' || key === 'id') {
    return t(`filter.hint.${key}`);
  }
  return key === 'priority' ? t('filter.hint.number') : '';
}

function filter(key: TypedKey, value: string, t: Translate, shown = shownOf(key, value, t)): Suggestion {
  const label = t(`filter.${key}`);
  return {
    id: `${key}=${value}`,
    icon: TYPED[key],
    label,
    value: shown,
    does: { kind: 'filter', key, value },
  };
}

function keyOf(key: TypedKey, t: Translate): Suggestion {
  return { id: key, icon: TYPED[key], label: t(`filter.${key}`), value: '…', does: { kind: 'key', key } };
}

function opening(uuid: string, t: Translate): Suggestion {
  return { id: 'open', icon: 'jobs', label: t('jobs.job'), value: uuid, does: { kind: 'open', uuid } };
}

function spans(t: Translate, span: (seconds: number) => string): readonly Suggestion[] {
  const last = SPANS.map((seconds) => ({
    id: `since-${seconds}`,
    icon: 'clock' as const,
    label: t('filter.sinceTime', { time: span(seconds) }),
    value: '',
    does: {
      kind: 'filter' as const,
      key: 'since' as const,
      value:
        seconds < 3_600
          ? `${seconds / 60}m`
          : seconds < 86_400
            ? `${seconds / 3_600}h`
            : `${seconds / 86_400}d`,
    },
  }));
  return [
    ...last,
    { id: 'range', icon: 'clock', label: t('filter.custom'), value: '', does: { kind: 'range' } },
  ];
}

function has(whole: string, part: string): boolean {
  return whole.toLowerCase().includes(part.toLowerCase());
}

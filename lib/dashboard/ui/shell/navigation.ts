import type { Right } from '../../api/cluster.api.js';
import type { IconName } from '../components/icon.js';
import type { PlainTextKey } from '../texts/en.js';

export interface Destination {
  /** Below the base; the pages beneath it belong to it. */
  readonly path: string;
  readonly text: PlainTextKey;
  readonly icon: IconName;
  /** After `g`. */
  readonly key: string;
  readonly right?: Right;
}

/** The pages that the navigation leads to. */
export const DESTINATIONS: readonly Destination[] = [
  { path: '', text: 'page.overview', icon: 'overview', key: 'o' },
  { path: 'jobs', text: 'page.jobs', icon: 'jobs', key: 'j' },
  { path: 'failures', text: 'page.failures', icon: 'failures', key: 'f' },
  { path: 'channels', text: 'page.channels', icon: 'channels', key: 'c' },
  { path: 'functions', text: 'page.functions', icon: 'functions', key: 'u' },
  { path: 'schedules', text: 'page.schedules', icon: 'clock', key: 's' },
  { path: 'nodes', text: 'page.nodes', icon: 'nodes', key: 'n' },
  { path: 'batches', text: 'page.batches', icon: 'batches', key: 'b' },
  { path: 'audit', text: 'page.audit', icon: 'audit', key: 'a', right: 'audit' },
];

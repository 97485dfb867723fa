import type { ComponentType } from 'preact';
import { JobPage } from '../pages/job/job-page.js';
import { OverviewPage } from '../pages/overview/overview-page.js';
import { JobsPage } from '../pages/jobs/jobs-page.js';

/** The parts of the path that the pattern names. */
export interface PageProps {
  readonly params: Readonly<Record<string, string>>;
}

/** The page itself, or what loads it where it isn't part of the first load. */
export type Route =
  | { readonly pattern: string; readonly page: ComponentType<PageProps> }
  | { readonly pattern: string; readonly load: () => Promise<ComponentType<PageProps>> };

/**
 * Every page, by its path below the base; `:name` stands for a part.
 *
 * @example
 * ```ts
 * { pattern: 'graphs/:uuid', load: async () => (await import('../pages/graph/graph-page.js')).GraphPage }
 * ```
 */
export const ROUTES: readonly Route[] = [
  { pattern: '', page: OverviewPage },
  { pattern: 'jobs', page: JobsPage },
  { pattern: 'jobs/:uuid', page: JobPage },
  { pattern: 'graphs/:uuid', load: async () => (await import('../pages/graph/graph-page.js')).GraphPage },
];

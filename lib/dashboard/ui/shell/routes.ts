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
  {
    pattern: 'failures',
    load: async () => (await import('../pages/failures/failures-page.js')).FailuresPage,
  },
  {
    pattern: 'channels',
    load: async () => (await import('../pages/channels/channels-page.js')).ChannelsPage,
  },
  {
    pattern: 'channels/:name',
    load: async () => (await import('../pages/channels/channel-page.js')).ChannelPage,
  },
  {
    pattern: 'functions',
    load: async () => (await import('../pages/functions/functions-page.js')).FunctionsPage,
  },
  {
    pattern: 'functions/:name',
    load: async () => (await import('../pages/functions/function-page.js')).FunctionPage,
  },
  {
    pattern: 'schedules',
    load: async () => (await import('../pages/schedules/schedules-page.js')).SchedulesPage,
  },
  {
    pattern: 'schedules/:name',
    load: async () => (await import('../pages/schedules/schedule-page.js')).SchedulePage,
  },
  { pattern: 'nodes', load: async () => (await import('../pages/nodes/nodes-page.js')).NodesPage },
  { pattern: 'batches', load: async () => (await import('../pages/batches/batches-page.js')).BatchesPage },
  { pattern: 'batches/:uuid', load: async () => (await import('../pages/batches/batch-page.js')).BatchPage },
  { pattern: 'audit', load: async () => (await import('../pages/audit/audit-page.js')).AuditPage },
];

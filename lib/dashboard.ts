/** The dashboard alone, for applications that serve HTTP. */
export { QueueJobDashboardModule } from './dashboard/dashboard.module.js';
export type {
  DashboardAccess,
  DashboardJob,
  DashboardRequest,
  QueueJobDashboardExtras,
  QueueJobDashboardOptions,
} from './dashboard/dashboard.options.js';
export type * from './dashboard/api/actions.api.js';
export type * from './dashboard/api/channels.api.js';
export type * from './dashboard/api/cluster.api.js';
export type * from './dashboard/api/functions.api.js';
export type * from './dashboard/api/jobs.api.js';
export type * from './dashboard/api/failures.api.js';
export type * from './dashboard/api/lists.api.js';
export type * from './dashboard/api/waits.api.js';
export type * from './dashboard/api/schedules.api.js';

import type { Provider } from '@nestjs/common';
import { AccessGuard } from './access/access.guard.js';
import { JobActions } from './actions/job-actions.js';
import { DASHBOARD_CONTROLLERS } from './controllers.js';
import { AnsweringGuard } from './http/answering.guard.js';
import { AuditTrail } from './audit/audit-trail.js';
import { ChannelLoads } from './channels/channel-loads.js';
import { EventHub } from './events/event-hub.js';
import { FailureDetails } from './failures/failure-details.js';
import { FunctionViews } from './functions/function-views.js';
import { JobDetails } from './jobs/job-details.js';
import { JobExport } from './jobs/job-export.js';
import { JobWaitViews } from './jobs/job-waits.js';
import { JobFinder } from './jobs/job-finder.js';
import { JobSummaries } from './jobs/job-summaries.js';
import { Attention } from './overview/attention.js';
import { Counts } from './overview/counts.js';
import { PageFiles } from './page/page-files.js';
import { SlashRoutes } from './page/slash-routes.js';
import { Redactor } from './redaction/redactor.js';
import { DatabaseClock } from './store/database-clock.js';
import { DashboardStore } from './store/dashboard.store.js';

/** What the controllers are made of. */
export const DASHBOARD_PROVIDERS: Provider[] = [
  AccessGuard,
  AnsweringGuard,
  PageFiles,
  SlashRoutes,
  DashboardStore,
  DatabaseClock,
  Redactor,
  JobFinder,
  JobExport,
  JobWaitViews,
  JobDetails,
  JobActions,
  JobSummaries,
  Counts,
  Attention,
  ChannelLoads,
  AuditTrail,
  FailureDetails,
  FunctionViews,
  EventHub,
  // They answer; what is mounted has their paths.
  ...DASHBOARD_CONTROLLERS,
];

import type { Provider } from '@nestjs/common';
import { AccessGuard } from './access/access.guard.js';
import { JobActions } from './actions/job-actions.js';
import { JobDetails } from './jobs/job-details.js';
import { JobFinder } from './jobs/job-finder.js';
import { PageFiles } from './page/page-files.js';
import { Redactor } from './redaction/redactor.js';
import { DashboardStore } from './store/dashboard.store.js';

/** What the controllers are made of. */
export const DASHBOARD_PROVIDERS: Provider[] = [
  AccessGuard,
  PageFiles,
  DashboardStore,
  Redactor,
  JobFinder,
  JobDetails,
  JobActions,
];

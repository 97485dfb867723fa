import type { Type } from '@nestjs/common';
import { AboutController } from './about/about.controller.js';
import { JobActionsController } from './actions/job-actions.controller.js';
import { JobsController } from './jobs/jobs.controller.js';
import { AssetsController } from './page/assets.controller.js';
import { PageController } from './page/page.controller.js';

/** All of them; each says its path below that of the dashboard, and {@link mounted} puts the guards before it. */
export const DASHBOARD_CONTROLLERS: readonly Type[] = [
  PageController,
  AssetsController,
  AboutController,
  JobsController,
  JobActionsController,
];

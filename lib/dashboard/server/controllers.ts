import type { Type } from '@nestjs/common';
import { AboutController } from './about/about.controller.js';
import { JobActionsController } from './actions/job-actions.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { BatchesController } from './batches/batches.controller.js';
import { ChannelsController } from './channels/channels.controller.js';
import { EventsController } from './events/events.controller.js';
import { FailuresController } from './failures/failures.controller.js';
import { FunctionsController } from './functions/functions.controller.js';
import { GraphsController } from './graphs/graphs.controller.js';
import { JobListsController } from './jobs/job-lists.controller.js';
import { JobsController } from './jobs/jobs.controller.js';
import { NodesController } from './nodes/nodes.controller.js';
import { MetricsController } from './overview/metrics.controller.js';
import { OverviewController } from './overview/overview.controller.js';
import { SchedulesController } from './schedules/schedules.controller.js';
import { AssetsController } from './page/assets.controller.js';
import { PageController } from './page/page.controller.js';
import { UnknownController } from './page/unknown.controller.js';

/** All of them; each says its path below that of the dashboard, and {@link mounted} puts the guards before it. */
export const DASHBOARD_CONTROLLERS: readonly Type[] = [
  PageController,
  AssetsController,
  AboutController,
  // Before the one with a route for any uuid.
  JobListsController,
  JobsController,
  JobActionsController,
  OverviewController,
  MetricsController,
  FailuresController,
  ChannelsController,
  FunctionsController,
  SchedulesController,
  NodesController,
  GraphsController,
  BatchesController,
  AuditController,
  EventsController,
  UnknownController,
];

import type { Provider } from '@nestjs/common';
import { AccessGuard } from './access/access.guard.js';
import { PageFiles } from './page/page-files.js';

/** What the controllers are made of. */
export const DASHBOARD_PROVIDERS: Provider[] = [AccessGuard, PageFiles];

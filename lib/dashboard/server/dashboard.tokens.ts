/** The checked options of the dashboard. */
export const DASHBOARD_OPTIONS = Symbol('nestjs-queue-job:dashboard-options');

/** Where the dashboard is and whether anybody gets in. */
export const MOUNT = Symbol('nestjs-queue-job:dashboard-mount');

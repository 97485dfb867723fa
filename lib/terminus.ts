/** A health indicator for `@nestjs/terminus`: see docs/monitoring.md. */
export { QueueJobHealthIndicator } from './terminus/queue-job.health-indicator.js';

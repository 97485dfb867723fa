import type { HealthIndicatorService } from '@nestjs/terminus';
import type { QueueHealth, QueueHealthService } from '../../../lib/index.js';
import { QueueJobHealthIndicator } from '../../../lib/terminus.js';

const HEALTH: QueueHealth = {
  status: 'degraded',
  reasons: ['The runner of this process is stopped'],
  runner: 'stopped',
  oldestWaiting: null,
  pausedChannels: [],
};

/** As it is in versions of terminus before 12.1. */
const older = {
  check: (key: string) => ({
    up: (data: object) => ({ [key]: { ...data, status: 'up' } }),
    down: (data: object) => ({ [key]: { ...data, status: 'down' } }),
  }),
} as unknown as HealthIndicatorService;

describe('the health indicator with a terminus that knows no degraded', () => {
  const indicatorFor = (health: QueueHealth): QueueJobHealthIndicator =>
    new QueueJobHealthIndicator({ check: async () => health } as unknown as QueueHealthService, older);

  it('is up and says that it is degraded', async () => {
    const { status: _, ...details } = HEALTH;
    expect(await indicatorFor(HEALTH).isHealthy('queue')).toEqual({
      queue: { ...details, status: 'up', degraded: true },
    });
  });

  it('is down if the queue is', async () => {
    const down = { ...HEALTH, status: 'down' } as const;
    expect(await indicatorFor(down).isHealthy('queue')).toMatchObject({ queue: { status: 'down' } });
  });
});

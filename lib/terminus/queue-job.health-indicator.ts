import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { type QueueHealthOptions, QueueHealthService } from '../observe/queue-health.service.js';

/**
 * The queue as a health indicator of `@nestjs/terminus`.
 *
 * @example
 * ```ts
 * @Controller('health')
 * export class HealthController {
 *   constructor(
 *     private readonly health: HealthCheckService,
 *     private readonly queue: QueueJobHealthIndicator,
 *   ) {}
 *
 *   @Get('ready')
 *   @HealthCheck()
 *   ready() {
 *     return this.health.check([() => this.queue.isHealthy('queue', { maxWait: '5 min' })]);
 *   }
 * }
 * ```
 */
@Injectable()
export class QueueJobHealthIndicator {
  /** @internal */
  constructor(
    private readonly service: QueueHealthService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /**
   * `up`, `degraded` or `down`, with the reasons. Before version 12.1 terminus knows no `degraded`: there it is `up`, with
   * `degraded: true`.
   *
   * @throws InvalidJobOptionError for an unknown or wrong option
   */
  async isHealthy<const Key extends string>(
    key: Key,
    options: QueueHealthOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    const { status, ...details } = await this.service.check(options);
    const session: Session<Key> = this.indicators.check(key);
    if (status !== 'degraded') return session[status](details);
    return session.degraded?.(details) ?? session.up({ ...details, degraded: true });
  }
}

type Mark<Key extends string> = (data: Record<string, unknown>) => HealthIndicatorResult<Key>;

interface Session<Key extends string> {
  readonly up: Mark<Key>;
  readonly down: Mark<Key>;
  readonly degraded?: Mark<Key>;
}

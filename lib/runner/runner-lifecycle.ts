import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/** A runner as the application's life sees it. */
export interface LifecycleRunner {
  /** Whether it starts with the application. */
  readonly autoStart: boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the runners when the whole application is up, and stops them before anything else of it ends: a job never meets
 * a provider that is not ready yet, or one that has closed its client. See `RunnerLifecycleModule` for the order.
 */
@Injectable()
export class RunnerLifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly runners: LifecycleRunner[] = [];

  attach(runner: LifecycleRunner): void {
    this.runners.push(runner);
  }

  async onApplicationBootstrap(): Promise<void> {
    try {
      for (const runner of this.runners) if (runner.autoStart) await runner.start();
    } catch (error) {
      // The application does not come up, so nothing of it may go on running jobs.
      await this.stopAll();
      throw error;
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.stopAll();
  }

  private async stopAll(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.stop()));
  }
}

import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Subscription } from 'rxjs';
import { messageOf, toError } from '../common/to-error.js';
import { type JobEvent, matchesEvent } from '../job/job-event.js';
import type { Invoke } from '../registry/job-function.js';
import { invokerOf } from '../registry/job-invoker.js';
import { bindingOf } from '../registry/provider-binding.js';
import { JobEvents } from '../store/notify/job-events.js';
import { type DeclaredListener, declaredListeners } from './on-job-event.decorator.js';

/** Calls the methods with `@OnJobEvent()` among the providers of the application. */
@Injectable()
export class JobEventListeners implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('QueueJob');
  private readonly subscriptions: Subscription[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly events: JobEvents,
  ) {}

  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders()) {
      const binding = bindingOf(wrapper);
      if (binding.type === undefined || wrapper.isAlias) continue;
      for (const listener of declaredListeners(binding.type)) {
        const where = `${binding.type.name}.${listener.methodName}`;
        this.listen(listener, invokerOf(binding), where);
      }
    }
  }

  onApplicationShutdown(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
  }

  private listen({ methodName, types, options }: DeclaredListener, invoke: Invoke, where: string): void {
    const { cluster, local } = this.events;
    const source = options.scope === 'cluster' ? cluster : local;
    const hear = async (event: JobEvent): Promise<void> => {
      try {
        await invoke(methodName, [event], () => event);
      } catch (error) {
        this.logger.error(`${where}, which listens to job events, threw: ${messageOf(toError(error))}`);
      }
    };
    this.subscriptions.push(
      source.subscribe((event) => {
        if (types.includes(event.type) && matchesEvent(event, options)) void hear(event);
      }),
    );
  }
}

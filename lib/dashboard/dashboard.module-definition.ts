import { ConfigurableModuleBuilder } from '@nestjs/common';
import {
  checkMount,
  type QueueJobDashboardExtras,
  type QueueJobDashboardOptions,
} from './dashboard.options.js';
import { DASHBOARD_CONTROLLERS } from './server/controllers.js';
import { mounted } from './server/mounted.js';
import { MOUNT } from './server/dashboard.tokens.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<QueueJobDashboardOptions>({ moduleName: 'QueueJobDashboard' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createQueueJobDashboardOptions')
    .setExtras<QueueJobDashboardExtras>({}, (definition, extras) => {
      const mount = checkMount(extras);
      return {
        ...definition,
        imports: [...new Set([...(definition.imports ?? []), ...(extras.imports ?? [])])],
        controllers: mounted(DASHBOARD_CONTROLLERS, mount),
        providers: [...(definition.providers ?? []), { provide: MOUNT, useValue: mount }],
      };
    })
    .build();

import { ConfigurableModuleBuilder, type FactoryProvider } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { MissingDataSourceError } from './errors/missing-data-source.error.js';
import type { QueueJobModuleExtras, QueueJobModuleOptions } from './queue-job.options.js';

/** The data source of the queue, with the name that the application knows it by. */
export class QueueDataSource {
  constructor(
    readonly dataSource: DataSource,
    readonly name: string,
  ) {}
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<QueueJobModuleOptions>({ moduleName: 'QueueJob' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createQueueJobOptions')
    .setExtras<QueueJobModuleExtras>({}, (definition, { dataSource, isGlobal = true }) => ({
      ...definition,
      global: isGlobal,
      providers: [...(definition.providers ?? []), queueDataSource(dataSource)],
    }))
    .build();

/** Its name can't come from a factory: providers are wired by it before any factory runs. */
function queueDataSource(name: string | undefined): FactoryProvider<QueueDataSource> {
  return {
    provide: QueueDataSource,
    inject: [{ token: getDataSourceToken(name), optional: true }],
    useFactory: (dataSource: DataSource | undefined) => {
      if (dataSource !== undefined) return new QueueDataSource(dataSource, name ?? 'default');
      throw new MissingDataSourceError(
        `nestjs-queue-job found no TypeORM data source${name === undefined ? '' : ` named '${name}'`}. Import TypeOrmModule.forRoot({ type: 'postgres', … }) in the application, or name another one with QueueJobModule.forRoot({ dataSource }).`,
      );
    },
  };
}

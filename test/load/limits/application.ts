import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Job, QueueJobModule, type QueueJobModuleOptions } from 'nestjs-queue-job';
import { connectionFields } from '../../support/connection-fields.js';

@Injectable()
export class LimitedJobs {
  @Job({ defaultChannel: (tenant: string) => `t.${tenant}` })
  async ofTenant(_tenant: string): Promise<void> {
    return Promise.resolve();
  }

  @Job()
  async plain(_at: number): Promise<void> {
    return Promise.resolve();
  }
}

/** An application of its own, with pools of its own. */
export async function openApplication(
  url: string,
  options: QueueJobModuleOptions,
): Promise<INestApplicationContext> {
  @Module({
    imports: [TypeOrmModule.forRoot(connectionFields(url)), QueueJobModule.forRoot(options)],
    providers: [LimitedJobs],
  })
  class LimitsModule {}
  return NestFactory.createApplicationContext(LimitsModule, { logger: ['error', 'fatal'] });
}

import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { QueueJobDashboardModule } from 'nestjs-queue-job/dashboard';
import { LoginController } from './login.controller.ts';
import { LoginFilter } from './login.filter.ts';
import { OfficeGuard } from './office.guard.ts';
import { Office } from './office.ts';

/** Who is who. */
@Module({
  controllers: [LoginController],
  providers: [Office, { provide: APP_FILTER, useClass: LoginFilter }],
  exports: [Office],
})
class LoginModule {}

/** The dashboard of the queue, for those who have logged in. */
@Module({
  imports: [
    LoginModule,
    QueueJobDashboardModule.forRoot({
      imports: [LoginModule],
      guards: [OfficeGuard],
      actor: ({ user }) => (user as { name: string }).name,
      // An address of somebody is nobody else's business.
      redact: ({ name }) => (name === 'MailJobs.sendInvoice' ? ['description', 'log'] : []),
      title: 'Jobs of the shop',
    }),
  ],
})
export class OfficeModule {}

import { Injectable } from '@nestjs/common';
import { Cron, CronExpression, ScheduleModule } from '@nestjs/schedule';
import { CronJob, currentJob, nextTicks, ScheduleService } from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';

@Injectable()
class Moving {
  readonly calls: string[] = [];

  @Cron(CronExpression.EVERY_SECOND)
  before(): void {
    this.calls.push('@nestjs/schedule');
  }

  @CronJob(CronExpression.EVERY_SECOND, { name: 'after' })
  async after(): Promise<void> {
    this.calls.push(currentJob().tick?.name ?? 'no tick');
    return Promise.resolve();
  }

  // As it is on the way: one method, both.
  @CronJob(CronExpression.EVERY_SECOND, { name: 'both', noOverlap: true })
  @Cron(CronExpression.EVERY_YEAR)
  async both(): Promise<void> {
    this.calls.push('both');
    return Promise.resolve();
  }
}

describe('beside @nestjs/schedule', () => {
  let database: TestDatabase;
  let test: TestApplication | undefined;

  beforeAll(async () => (database = await createTestDatabase()));
  afterAll(async () => {
    await test?.close();
    await database.drop();
  });

  it.each(Object.entries(CronExpression))('reads its CronExpression.%s', (_, expression) => {
    expect(nextTicks(expression, { count: 3 })).toHaveLength(3);
  });

  it('runs in one application, where methods move one by one', async () => {
    test = await startApplication({
      url: database.url,
      providers: [Moving],
      imports: [ScheduleModule.forRoot()],
    });
    const { calls } = test.get(Moving);
    await eventually(() => expect(new Set(calls)).toEqual(new Set(['@nestjs/schedule', 'after', 'both'])));
    expect((await test.get(ScheduleService).list()).map(({ name }) => name)).toEqual(['after', 'both']);
  });
});

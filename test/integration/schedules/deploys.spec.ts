import { Injectable, type Type } from '@nestjs/common';
import type { Client } from 'pg';
import { z } from 'zod';
import {
  CronJob,
  InvalidArgumentsError,
  InvalidScheduleError,
  Job,
  ScheduleService,
} from '../../../lib/index.js';
import { type TestApplication, startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { connect, countOf } from '../../support/recorder-jobs.js';

/** What one version of an application has. */
function version(build: () => Type): Type {
  const type = build();
  Object.defineProperty(type, 'name', { value: 'Reports' });
  return type;
}

const WithoutSchedules = version(() => {
  @Injectable()
  class Plain {
    @Job()
    async daily(): Promise<void> {
      return Promise.resolve();
    }
  }
  return Plain;
});

const EverySecond = version(() => {
  @Injectable()
  class Before {
    @CronJob({ every: '1 s' }, { name: 'report' })
    async daily(): Promise<void> {
      return Promise.resolve();
    }
  }
  return Before;
});

const EveryTwoSeconds = version(() => {
  @Injectable()
  class After {
    @CronJob({ every: '2 s' }, { name: 'report', priority: 4 })
    async daily(): Promise<void> {
      return Promise.resolve();
    }
  }
  return After;
});

const Renamed = version(() => {
  @Injectable()
  class NewMethod {
    @CronJob({ every: '1 s' }, { name: 'report' })
    async daily2(): Promise<void> {
      return Promise.resolve();
    }
  }
  return NewMethod;
});

describe('a schedule in a rolling deploy', () => {
  let database: TestDatabase;
  let client: Client;
  let running: TestApplication[] = [];

  const start = async (type: Type): Promise<TestApplication> => {
    const test = await startApplication({ url: database.url, providers: [type] });
    running.push(test);
    return test;
  };
  const stop = async (test: TestApplication): Promise<void> => {
    running = running.filter((one) => one !== test);
    await test.close();
  };
  const state = (test: TestApplication) => test.get(ScheduleService).get('report');
  const ticksOf = async (name = 'Reports.daily'): Promise<number> =>
    countOf(client, `SELECT count(*) FROM queue_job_history WHERE schedule = 'report' AND name = $1`, [name]);
  /** No tick has two jobs; the table's index alone would allow it once one has ended. */
  const expectOnce = async (): Promise<void> => {
    const { rows } = await client.query(
      `SELECT scheduled_at FROM (SELECT schedule, scheduled_at FROM queue_job UNION ALL SELECT schedule, scheduled_at FROM queue_job_history) j
       WHERE schedule IS NOT NULL GROUP BY schedule, scheduled_at HAVING count(*) > 1`,
    );
    expect(rows).toEqual([]);
  };

  beforeEach(async () => {
    database = await createTestDatabase();
    client = await connect(database.url);
  });

  afterEach(async () => {
    await Promise.all(running.map(async (test) => test.close()));
    running = [];
    await client.end();
    await database.drop();
  });

  it('that the old process does not know is served by the new one', async () => {
    await start(WithoutSchedules);
    await start(EverySecond);
    await eventually(async () => expect(await ticksOf()).toBeGreaterThan(1));
    await expectOnce();
  });

  it('that the new code lost goes on while an old process lives, then is gone, and removed after a day', async () => {
    const old = await start(EverySecond);
    const young = await start(WithoutSchedules);
    await eventually(async () => expect(await ticksOf()).toBeGreaterThan(1));
    expect(await state(young)).toMatchObject({ gone: false });
    await stop(old);
    expect(await state(young)).toMatchObject({ gone: true });
    const ticks = await ticksOf();
    await client.query('SELECT pg_sleep(1.5)');
    expect(await ticksOf()).toBe(ticks);
    await client.query(`UPDATE queue_job_schedule SET date_gone = clock_timestamp() - interval '23 hours'`);
    await stop(young);
    const next = await start(WithoutSchedules);
    expect(await state(next)).toMatchObject({ gone: true });
    await stop(next);
    await client.query(`UPDATE queue_job_schedule SET date_gone = clock_timestamp() - interval '25 hours'`);
    await start(WithoutSchedules);
    await eventually(async () =>
      expect(await countOf(client, 'SELECT count(*) FROM queue_job_schedule')).toBe(0),
    );
  });

  it('whose expression changed counts from the change, and two processes with different code never store a tick twice', async () => {
    const old = await start(EverySecond);
    await eventually(async () => expect(await ticksOf()).toBeGreaterThan(1));
    const young = await start(EveryTwoSeconds);
    expect(await state(young)).toMatchObject({ every: 2_000, priority: 4 });
    expect(await state(old)).toMatchObject({ every: 2_000 });
    // One that starts again writes its own again.
    await start(EverySecond);
    await start(EveryTwoSeconds);
    const before = await ticksOf();
    await eventually(async () => expect(await ticksOf()).toBeGreaterThan(before + 1));
    await expectOnce();
    expect((await state(young)).missed).toBe(0);
  });

  it('whose method was renamed is served by those that know the new one', async () => {
    await start(EverySecond);
    await eventually(async () => expect(await ticksOf()).toBeGreaterThan(0));
    await start(Renamed);
    await eventually(async () => expect(await ticksOf('Reports.daily2')).toBeGreaterThan(1));
    await expectOnce();
  });

  it('is refused where another has its name, by code and by data', async () => {
    @Injectable()
    class Twice {
      @CronJob('@daily', { name: 'report' })
      @CronJob('@hourly', { name: 'report' })
      async one(): Promise<void> {
        return Promise.resolve();
      }
    }
    await expect(start(Twice)).rejects.toThrow(
      "Two schedules are named 'report': one on Twice.one, one on Twice.one.",
    );
    const plain = await start(WithoutSchedules);
    const schedules = plain.get(ScheduleService);
    const call = (): never =>
      plain.queue.delayable(WithoutSchedules as Type<{ daily(): Promise<void> }>).daily() as never;
    await schedules.upsert('report', { cron: '@daily', call: call() });
    await expect(start(EverySecond)).rejects.toThrow(
      'has the name of one that ScheduleService.upsert() made',
    );
    await schedules.remove('report');
    await start(EverySecond);
    await expect(schedules.upsert('report', { cron: '@daily', call: call() })).rejects.toThrow(
      InvalidScheduleError,
    );
    await expect(schedules.remove('report')).rejects.toThrow('Pause it, or remove the decorator');
  });

  it('is refused where its arguments do not match the schema of its method, at start and at the call', async () => {
    const schema = z.object({ tenant: z.number() });
    @Injectable()
    class Wrong {
      @Job({ schema })
      @CronJob('@daily', { name: 'wrong', args: [{ tenant: 'seven' }] })
      async send(given: { tenant: number }): Promise<void> {
        await Promise.resolve(given);
      }
    }
    @Injectable()
    class None {
      @CronJob('@daily', { name: 'none' })
      @Job({ schema })
      async send(given: { tenant: number }): Promise<void> {
        await Promise.resolve(given);
      }
    }
    @Injectable()
    class Right {
      @CronJob('@daily', { name: 'right', args: [{ tenant: 7 }] })
      @Job({ schema })
      async send(given: { tenant: number }): Promise<void> {
        await Promise.resolve(given);
      }
    }
    const refused = async (type: Type, text: string): Promise<void> => {
      const error: unknown = await start(type).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InvalidScheduleError);
      expect((error as Error).message).toContain(text);
      expect((error as Error).cause).toBeInstanceOf(InvalidArgumentsError);
    };
    await refused(Wrong, "The arguments of the schedule 'wrong' can't be stored: ");
    await refused(Wrong, 'Wrong.send do not match its schema: args[0].tenant: ');
    await refused(None, 'None.send do not match its schema: args[0]: ');
    const app = await start(Right);
    const schedules = app.get(ScheduleService);
    const upsert = async (args: unknown): Promise<void> =>
      schedules.upsert('by data', {
        cron: '@daily',
        call: app.queue.delayable(Right).send(args as { tenant: number }),
      });
    await expect(upsert({ tenant: 'seven' })).rejects.toThrow(InvalidArgumentsError);
    await upsert({ tenant: 8 });
    await eventually(async () =>
      expect((await schedules.list()).map(({ name }) => name)).toEqual(['by data', 'right']),
    );
  });
});

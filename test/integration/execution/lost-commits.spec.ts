import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { currentJob, Job, type QueueJob } from '../../../lib/index.js';
import { useApplication } from '../../support/use-application.js';
import { Gate } from '../../support/gate.js';

const ignored = (): undefined => undefined;

@Injectable()
class Worker {
  work: (manager: EntityManager) => unknown = ignored;

  @Job({ transactional: true })
  async whole(): Promise<unknown> {
    return this.work(currentJob().manager);
  }

  @Job()
  async after(): Promise<void> {}
}

describe('a transactional job that leaves something behind', () => {
  const test = useApplication({ providers: [Worker], logger: false });
  let worker: Worker;

  beforeAll(async () => {
    worker = test.get(Worker);
    await test.dataSource.query('CREATE TABLE effect (number integer)');
  });

  const left: [string, (manager: EntityManager) => unknown][] = [
    [
      'a query that fails after it',
      (manager) => {
        void manager.query('SELECT 1').then(() => manager.query('INSERT INTO effect VALUES (1 / 0)')).catch(ignored); // prettier-ignore
      },
    ],
    [
      'a query that fails at once',
      (manager) => {
        manager.query('INSERT INTO effect VALUES (1 / 0)').catch(ignored);
      },
    ],
    [
      'a nested transaction that fails after it',
      (manager) => {
        void manager
          .transaction(async (inner) => {
            await inner.query('SELECT 1');
            await inner.query('INSERT INTO effect VALUES (1 / 0)');
          })
          .catch(ignored);
      },
    ],
    [
      'a nested transaction that stays open',
      (manager) => {
        void manager.transaction(async () => new Gate().opened).catch(ignored);
      },
    ],
    [
      'a nested transaction that ends well after it',
      (manager) => {
        void manager
          .transaction(async (inner) => {
            await inner.query('SELECT pg_sleep(0.05)');
            await inner.query('SELECT 1');
          })
          .catch(ignored);
      },
    ],
  ];

  it.each(left)('has failed where that is %s, with nothing of it stored', async (_, leave) => {
    await test.dataSource.query('DELETE FROM effect');
    let enqueued: QueueJob | undefined;
    worker.work = async (manager) => {
      await manager.query('INSERT INTO effect VALUES (1)');
      enqueued = await test.queue.withDelay(worker).after();
      leave(manager);
    };
    const jobs = test.queue.delayable(worker);
    const parent = jobs.whole();
    const child = jobs.after();
    await parent.onDone(child).delay();
    await expect(test.queue.finished(parent.uuid, { timeout: 5_000 })).rejects.toThrow('Worker.whole');
    expect(await test.queue.find(parent.uuid)).toMatchObject({ state: 'failed', node: null });
    expect((await test.queue.find(child.uuid))?.state).toBe('wait_dependencies');
    expect(await test.queue.find((enqueued as QueueJob).uuid)).toBeNull();
    expect(await test.dataSource.query('SELECT number FROM effect')).toEqual([]);
    await test.queue.cancel(parent.uuid);
  });

  it('says what happened where PostgreSQL answered COMMIT with ROLLBACK', async () => {
    worker.work = left[0]?.[1] as (manager: EntityManager) => unknown;
    const job = await test.queue.withDelay(worker).whole();
    await expect(test.queue.finished(job, { timeout: 5_000 })).rejects.toThrow(
      /TransactionAbortedError|current transaction is aborted/,
    );
  });

  it('gives its connection back without a transaction on it', async () => {
    worker.work = async (manager) => {
      const begun = new Gate();
      void manager.transaction(async () => {
        begun.open();
        await new Gate().opened;
      });
      await begun.opened;
    };
    const job = await test.queue.withDelay(worker).whole();
    await expect(test.queue.finished(job, { timeout: 5_000 })).rejects.toThrow('nested transaction');
    const open = await test.dataSource.query(
      `SELECT state FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
    );
    expect(open).toEqual([]);
  });

  it('runs to its end where the nested transaction was awaited', async () => {
    worker.work = async (manager) => {
      await manager.transaction(async (inner) => inner.query('INSERT INTO effect VALUES (2)'));
    };
    const job = await test.queue.withDelay(worker).whole();
    await test.queue.finished(job, { timeout: 5_000 });
    expect(await test.dataSource.query('SELECT number FROM effect WHERE number = 2')).toEqual([
      { number: 2 },
    ]);
  });
});

import 'reflect-metadata';
import { Injectable, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  chain,
  currentJob,
  Job,
  QueueJobModule,
  type QueueJobModuleOptions,
  QueueService,
  ScheduleService,
} from 'nestjs-queue-job';
import { DataSource } from 'typeorm';
import { SEED_PAYLOAD } from './fill-sql.ts';
import type { Handler, Payload, Role, Seed, System } from './system.ts';
import { TickLog } from './tick-log.ts';

/** Transactional jobs that run at once, each with a connection. */
const TRANSACTIONS = 10;

@Injectable()
class BenchJobs {
  handler: Handler = () => undefined;
  readonly log = new TickLog();

  /** Before all that is drained beside it. */
  @Job({ priority: 0 })
  async tick(): Promise<void> {
    const { tick } = currentJob();
    if (tick !== null) this.log.note(tick.scheduledAt.getTime());
    return Promise.resolve();
  }

  @Job()
  async run(payload: Payload): Promise<void> {
    await this.handler(payload);
  }

  @Job({ transactional: true })
  async runInTransaction(payload: Payload): Promise<void> {
    await this.handler(payload);
  }
}

export async function open(role: Role): Promise<System> {
  const app = await createApplication(role);
  // A process that works begins with `work()`: connecting is not measured.
  if (role.work === undefined) await app.init();
  return new QueueJobSystem(app, role.work?.schedules ?? 0);
}

async function createApplication({ url, work }: Role): Promise<INestApplication> {
  @Module({
    imports: [
      // docs/deployment.md, "Connections": transactional jobs run on TypeORM's pool.
      TypeOrmModule.forRoot({ type: 'postgres', url, autoLoadEntities: true, poolSize: TRANSACTIONS + 2 }),
      QueueJobModule.forRoot({
        ...(work?.channels === undefined ? {} : { channels: work.channels }),
        runner: work === undefined ? false : { concurrency: concurrencyOf(work) },
      } satisfies QueueJobModuleOptions),
    ],
    providers: [BenchJobs],
  })
  class BenchModule {}
  return NestFactory.create(BenchModule, { logger: ['error', 'fatal'] });
}

/** docs/performance.md, "Sizing": many for jobs that take next to no time, as many as there are connections for transactions. */
function concurrencyOf(work: NonNullable<Role['work']>): number {
  if (work.transactional === true) return TRANSACTIONS;
  return work.slots ?? (work.tunedFor === 'throughput' ? 1_000 : 100);
}

class QueueJobSystem implements System {
  private readonly queue: QueueService;
  private readonly dataSource: DataSource;

  constructor(
    private readonly app: INestApplication,
    private readonly schedules: number,
  ) {
    this.queue = app.get(QueueService);
    this.dataSource = app.get(DataSource);
  }

  /** The module made its tables when it started. */
  async prepare(): Promise<void> {
    await this.dataSource.query('VACUUM ANALYZE');
  }

  async seed({
    jobs,
    channels = ['root'],
    transactional = false,
    future = 0,
    done = 0,
  }: Seed): Promise<void> {
    const name = transactional ? 'BenchJobs.runInTransaction' : 'BenchJobs.run';
    await this.dataSource.query(
      `INSERT INTO queue_job (uuid, name, channel, args, description)
       SELECT ${uuidV7('g')}, $1, ($2::text[])[1 + g % cardinality($2::text[])], json_build_array(${SEED_PAYLOAD}), $1
       FROM generate_series(1, $3::int) g`,
      [name, channels, jobs],
    );
    await this.dataSource.query(
      `INSERT INTO queue_job (uuid, name, channel, args, description, phase, eta)
       SELECT ${uuidV7('g')}, $1, ($2::text[])[1 + g % cardinality($2::text[])], json_build_array(${SEED_PAYLOAD}), $1,
         1, now() + interval '1 year' + g * interval '1 second'
       FROM generate_series(1, $3::int) g`,
      [name, channels, future],
    );
    await this.dataSource.query(
      `INSERT INTO queue_job_history (uuid, seq, state, name, channel, args, description, date_done)
       SELECT ${uuidV7('g')}, -g, 'done', $1, ($2::text[])[1 + g % cardinality($2::text[])],
         json_build_array(${SEED_PAYLOAD}), $1, now() - g * interval '1 millisecond'
       FROM generate_series(1, $3::int) g`,
      [name, channels, done],
    );
    await this.dataSource.query('VACUUM ANALYZE');
  }

  enqueue(payload: Payload): Promise<unknown> {
    return this.queue.withDelay(BenchJobs).run(payload);
  }

  async enqueueInTransaction(payload: Payload): Promise<unknown> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('INSERT INTO bench_order (id, note) VALUES ($1, $2)', [
        payload.order,
        payload.note,
      ]);
      return this.queue.withDelay(BenchJobs, { manager }).run(payload);
    });
  }

  async enqueueMany(payloads: readonly Payload[]): Promise<unknown> {
    const jobs = this.queue.delayable(BenchJobs);
    return this.queue.delayAll(payloads.map((payload) => jobs.run(payload)));
  }

  async callAndWait(payload: Payload): Promise<unknown> {
    return this.queue.finished(await this.queue.withDelay(BenchJobs).run(payload));
  }

  async chain(payloads: readonly Payload[]): Promise<unknown> {
    const jobs = this.queue.delayable(BenchJobs);
    return chain(...payloads.map((payload) => jobs.run(payload))).delay();
  }

  async ticks(jobs: number): Promise<number[]> {
    const schedules = this.app.get(ScheduleService);
    for (let at = 0; at < this.schedules; at += 1) {
      const call = this.queue.delayable(BenchJobs).tick();
      await schedules.upsert(`bench ${at}`, { every: '1 s', call });
    }
    return this.app.get(BenchJobs).log.first(jobs);
  }

  async work(handler: Handler): Promise<void> {
    this.app.get(BenchJobs).handler = handler;
    await this.app.init();
  }

  async settled(): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query('SELECT 1 FROM queue_job LIMIT 1');
    return rows.length === 0;
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

/** As the library makes them in Node: by time, so that they enter the index at its end. PostgreSQL 15 has no function for it. */
function uuidV7(count: string): string {
  const time = `lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint + ${count} / 4096), 12, '0')`;
  return `(${time} || '7' || lpad(to_hex(${count} % 4096), 3, '0') || '8' || substr(md5(random()::text), 1, 15))::uuid`;
}

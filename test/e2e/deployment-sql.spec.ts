import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Job, QUEUE_JOB_MIGRATIONS, type QueueJobModuleOptions } from '../../lib/index.js';
import { startApplication } from '../support/application.js';
import { connectionFields } from '../support/connection-fields.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { connect } from '../support/recorder-jobs.js';

@Injectable()
class Work {
  @Job()
  async run(): Promise<string> {
    return 'ran';
  }

  @Job({ transactional: true })
  async transactional(): Promise<string> {
    return 'ran';
  }
}

const PASSWORD = 'secret';

describe('the SQL of docs/deployment.md', () => {
  let database: TestDatabase;
  let document: string;
  const end = randomBytes(4).toString('hex');

  beforeAll(async () => {
    document = await readFile(join(import.meta.dirname, '../../docs/deployment.md'), 'utf8');
  });

  beforeEach(async () => {
    database = await createTestDatabase({ empty: true });
  });

  afterEach(async () => {
    for (const name of ['shop', 'shop_owner', 'web_anon'])
      await database.asAdmin(
        `DO $$ BEGIN
           IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}_${end}') THEN
             DROP OWNED BY ${name}_${end} CASCADE; DROP ROLE ${name}_${end};
           END IF;
         END $$`,
      );
    await database.drop();
  });

  /** A block as it is written, but for the names of roles, which belong to the whole server. */
  const block = (file: string): string => {
    const found = [...document.matchAll(/^```sql\n-- ([\w-]+\.sql)\n(.*?)^```$/gms)].find(
      ([, name]) => name === file,
    );
    if (found === undefined) throw new Error(`docs/deployment.md has no block ${file}`);
    return (found[2] ?? '').replaceAll(/\b(shop_owner|web_anon|shop)\b/g, `$1_${end}`);
  };

  const urlOf = (role: string): string => {
    const url = new URL(database.url);
    [url.username, url.password] = [`${role}_${end}`, PASSWORD];
    return url.href;
  };
  const createRoles = async (...names: string[]): Promise<void> => {
    for (const name of names)
      await database.asAdmin(`CREATE ROLE ${name}_${end} LOGIN PASSWORD '${PASSWORD}'`);
  };
  const runJobs = async (role: string, options: QueueJobModuleOptions): Promise<void> => {
    const test = await startApplication({
      url: urlOf(role),
      providers: [Work],
      options: { channels: 'root:10,root.one:1', ...options },
    });
    const { queue, channels } = test;
    const work = queue.delayable(Work);
    const [plain, keyed, transactional] = [
      await queue.withDelay(Work, { channel: 'root.one' }).run(),
      await queue.withDelay(Work, { identityKey: 'key' }).run(),
      await queue.withDelay(Work).transactional(),
    ];
    const first = await work.run().onDone(work.run()).delay();
    for (const job of [plain, keyed, transactional, first])
      await expect(queue.finished(job, { timeout: '20 s' })).resolves.toBe('ran');
    await channels.configure('root.one', { capacity: 2 });
    await queue.cancel((await queue.withDelay(Work, { eta: '1h' }).run()).uuid);
    await queue.delete(plain.uuid);
    expect((await queue.counts()).failed).toBe(0);
    await test.close();
  };

  it('lets one role own the schema and do everything', async () => {
    await createRoles('shop');
    await database.asAdmin(block('one-role.sql'));
    await runJobs('shop', { schema: 'jobs' });
  }, 60_000);

  it('lets a role work that may change no table, and another one migrate', async () => {
    await createRoles('shop', 'shop_owner');
    await database.asAdmin(block('two-roles.sql'));
    const source = await new DataSource({
      ...connectionFields(urlOf('shop_owner')),
      schema: 'jobs',
      migrations: QUEUE_JOB_MIGRATIONS,
    }).initialize();
    await source.runMigrations();
    await source.destroy();
    await runJobs('shop', { schema: 'jobs', migrate: false });
    const client = await connect(urlOf('shop'));
    await expect(client.query('DROP TABLE jobs.queue_job')).rejects.toMatchObject({ code: '42501' });
    await expect(client.query('CREATE TABLE jobs.other ()')).rejects.toMatchObject({ code: '42501' });
    await client.end();
  }, 60_000);

  it('keeps the role of a published schema from the jobs', async () => {
    await createRoles('shop', 'web_anon');
    await database.asAdmin(
      `GRANT USAGE, CREATE ON SCHEMA public TO shop_${end}; GRANT USAGE ON SCHEMA public TO web_anon_${end};
       ALTER DEFAULT PRIVILEGES FOR ROLE shop_${end} IN SCHEMA public GRANT ALL ON TABLES TO web_anon_${end}`,
    );
    await runJobs('shop', {});
    const web = await connect(urlOf('web_anon'));
    // What the document warns of.
    expect((await web.query('SELECT args FROM queue_job_history')).rows.length).toBeGreaterThan(0);
    await database.asAdmin(block('close-published-schema.sql'));
    for (const table of ['queue_job', 'queue_job_history', 'queue_job_log', 'queue_job_attempt'])
      for (const text of [`SELECT 1 FROM ${table}`, `DELETE FROM ${table}`])
        await expect(web.query(text)).rejects.toMatchObject({ code: '42501' });
    await runJobs('shop', {});

    await database.asAdmin(block('one-role.sql'));
    await runJobs('shop', { schema: 'jobs' });
    await expect(web.query('SELECT args FROM jobs.queue_job_history')).rejects.toMatchObject({
      code: '42501',
    });
    await web.end();
  }, 90_000);

  it('leaves nothing of the original to run in a copy', async () => {
    await createRoles('shop');
    await database.asAdmin(`GRANT CREATE ON SCHEMA public TO shop_${end}`);
    await runJobs('shop', {});
    const client = await connect(urlOf('shop'));
    // As a copy has it: a job that waits, one that runs on a node of the original, and what that node holds.
    await client.query(`
      INSERT INTO queue_job (uuid, name, description) VALUES (gen_random_uuid(), 'Work.run', 'waits');
      WITH node AS (INSERT INTO queue_job_node (name) VALUES ('original') RETURNING id),
        permit AS (INSERT INTO queue_job_permit (channel, node, count) SELECT 'root.one', id, 2 FROM node),
        job AS (INSERT INTO queue_job (uuid, name, description, state, node, channel)
          SELECT gen_random_uuid(), 'Work.run', 'runs', 'started', id, 'root.one' FROM node RETURNING uuid)
      INSERT INTO queue_job_claim (node, id, jobs) SELECT node.id, 1, ARRAY[job.uuid] FROM node, job;
      TRUNCATE queue_job_history`);
    await database.asAdmin(block('staging-copy.sql'));
    await runJobs('shop', {});
    const { rows } = await client.query(
      `SELECT description FROM queue_job WHERE description IN ('waits', 'runs')
       UNION ALL SELECT description FROM queue_job_history WHERE description IN ('waits', 'runs')`,
    );
    expect(rows).toEqual([]);
    await client.end();
  }, 60_000);
});

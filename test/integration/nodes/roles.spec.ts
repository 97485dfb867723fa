import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  Job,
  MissingPrivilegeError,
  queueJobMigrations,
  type QueueJobModuleOptions,
} from '../../../lib/index.js';
import { startApplication } from '../../support/application.js';
import { connectionFields } from '../../support/connection-fields.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Work {
  @Job()
  async run(): Promise<string> {
    return 'ran';
  }
}

describe('the role of the data source', () => {
  let database: TestDatabase;
  const roles: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
  });

  afterAll(async () => {
    for (const role of roles) await database.asAdmin(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await database.drop();
  });

  /** A URL of a role that has no rights beyond those of everybody. */
  const newRole = async (): Promise<{ role: string; url: string }> => {
    const role = `role_${randomBytes(4).toString('hex')}`;
    await database.asAdmin(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    roles.push(role);
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'secret'];
    return { role, url: url.href };
  };

  const runAJob = async (url: string, options: QueueJobModuleOptions = {}): Promise<unknown> => {
    const test = await startApplication({ url, providers: [Work], options, logger: false });
    try {
      return await test.queue.finished(await test.queue.withDelay(Work).run(), { timeout: '20 s' });
    } finally {
      await test.close();
    }
  };

  it('needs no right to create schemas, where it has one of its own', async () => {
    const { role, url } = await newRole();
    await database.asAdmin(`CREATE SCHEMA "Jobs of today" AUTHORIZATION ${role}`);
    await expect(runAJob(url, { schema: 'Jobs of today' })).resolves.toBe('ran');
  });

  it('may bring its schema by its search_path', async () => {
    const { role, url } = await newRole();
    await database.asAdmin(
      `CREATE SCHEMA own AUTHORIZATION ${role}; ALTER ROLE ${role} SET search_path = own`,
    );
    await expect(runAJob(url)).resolves.toBe('ran');
  });

  it('makes the schema where it is missing and that is allowed', async () => {
    const { role, url } = await newRole();
    await database.asAdmin(`GRANT CREATE ON DATABASE ${new URL(url).pathname.slice(1)} TO ${role}`);
    await expect(runAJob(url, { schema: 'made' })).resolves.toBe('ran');
  });

  it('needs no right to create schemas for the migrations of the application', async () => {
    const { role, url } = await newRole();
    await database.asAdmin(
      `CREATE SCHEMA migrated AUTHORIZATION ${role}; ALTER ROLE ${role} SET search_path = migrated`,
    );
    const source = await new DataSource({
      ...connectionFields(url),
      migrations: queueJobMigrations({ schema: 'migrated' }),
    }).initialize();
    await source.runMigrations();
    await source.destroy();
    await expect(runAJob(url, { schema: 'migrated', migrate: false })).resolves.toBe('ran');
  });

  const refusal = async (url: string, options: QueueJobModuleOptions): Promise<string> => {
    const error: unknown = await runAJob(url, options).catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(MissingPrivilegeError);
    expect((error as MissingPrivilegeError).code).toBe('MISSING_PRIVILEGE');
    const sql = /run: (.+)$/.exec((error as Error).message)?.[1];
    return sql as string;
  };

  it.each([
    ['create a schema', 'new', ''],
    ['create tables', 'bare', 'CREATE SCHEMA bare'],
    ['create tables in public', 'public', 'SELECT'],
  ])('that may not %s is told the SQL that mends it', async (_, schema, before) => {
    const { role, url } = await newRole();
    if (before !== '') await database.asAdmin(before);
    const sql = await refusal(url, { schema });
    expect(sql).toContain(role);
    await database.asAdmin(sql);
    await expect(runAJob(url, { schema })).resolves.toBe('ran');
  });

  it('that may not read the tables which another role has made is told the SQL that mends it', async () => {
    const [owner, user] = [await newRole(), await newRole()];
    await database.asAdmin(`CREATE SCHEMA owned AUTHORIZATION ${owner.role}`);
    await runAJob(owner.url, { schema: 'owned' });
    await database.asAdmin(await refusal(user.url, { schema: 'owned' }));
    await expect(runAJob(user.url, { schema: 'owned' })).resolves.toBe('ran');
  });
});

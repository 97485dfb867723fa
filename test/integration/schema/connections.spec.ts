import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Job } from '../../../lib/index.js';
import { startApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

@Injectable()
class Work {
  @Job()
  async plain(): Promise<string> {
    return 'plain';
  }

  @Job({ transactional: true })
  async transactional(): Promise<string> {
    return 'transactional';
  }
}

let database: TestDatabase;
beforeAll(async () => (database = await createTestDatabase()));
afterAll(() => database.drop());

const NO_FIELDS = {
  host: undefined,
  port: undefined,
  username: undefined,
  password: undefined,
  database: undefined,
};

/** The same database as its URL names, as Nest's own documentation configures it. */
function fieldsOf(url: string) {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    fields: { host: hostname, port: Number(port), username, database: pathname.slice(1) },
    password: decodeURIComponent(password),
  };
}

const ways: Record<string, (url: string) => object> = {
  'a URL': (url) => ({ ...NO_FIELDS, url }),
  'a password among the fields': (url) => {
    const { fields, password } = fieldsOf(url);
    return { ...fields, password };
  },
  'a password function': (url) => {
    const { fields, password } = fieldsOf(url);
    return { ...fields, password: async () => password };
  },
  'a password in extra': (url) => {
    const { fields, password } = fieldsOf(url);
    return { ...NO_FIELDS, ...fields, extra: { password } };
  },
  'replication with a master by fields': (url) => {
    const { fields, password } = fieldsOf(url);
    return { ...NO_FIELDS, replication: { master: { ...fields, password }, slaves: [] } };
  },
};

describe.each(Object.keys(ways))('a data source with %s', (way) => {
  test.each([true, false])('starts and runs jobs with listen: %s', async (listen) => {
    const application = await startApplication({
      url: database.url,
      providers: [Work],
      dataSource: ways[way]?.(database.url) ?? {},
      options: { runner: { listen, leaseDuration: 1_000, pollInterval: 100 } },
    });
    try {
      const { queue } = application;
      const plain = await queue.withDelay(Work).plain();
      const keyed = await queue.withDelay(Work, { identityKey: way }).plain();
      const transactional = await queue.withDelay(Work).transactional();
      const ended = [plain, keyed, transactional].map((job) => queue.finished(job));
      expect(await Promise.all(ended)).toEqual(['plain', 'plain', 'transactional']);
    } finally {
      await application.close();
    }
  });
});

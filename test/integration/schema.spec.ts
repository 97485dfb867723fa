import { DataSource } from 'typeorm';
import { QUEUE_JOB_ENTITIES } from '../../lib/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('the schema', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(async () => database.drop());

  it('is what the entities say', async () => {
    const source = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: QUEUE_JOB_ENTITIES,
    }).initialize();
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    await source.destroy();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});

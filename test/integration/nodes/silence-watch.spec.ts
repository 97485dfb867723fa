import { Store } from '../../../lib/store/store.js';
import { startApplication } from '../../support/application.js';
import { createTestDatabase } from '../../support/database.js';
import { OWN_TYPES } from '../../../lib/store/connection/pg-types.js';

describe('a statement that ends just when the server is asked about it', () => {
  it('leaves its connection alive', async () => {
    const database = await createTestDatabase();
    const application = await startApplication({
      url: database.url,
      providers: [],
      options: { runner: false },
    });
    const own = application.get(Store).database;
    // The look comes between 5.0 and 5.5 s: a statement ends every few milliseconds of that.
    const ask = async (at: number): Promise<unknown> => {
      const connection = await own.open();
      const send = own.sendOn(connection);
      await send({ text: 'SELECT pg_sleep($1)', values: [5 + at / 100], types: OWN_TYPES });
      const again = await send({ text: 'SELECT 1', types: OWN_TYPES });
      await connection.client.end();
      return again;
    };
    const asked = await Promise.allSettled(Array.from({ length: 60 }, async (_, at) => ask(at)));
    expect(asked.filter(({ status }) => status === 'rejected')).toEqual([]);
    await application.close();
    await database.drop();
  });
});

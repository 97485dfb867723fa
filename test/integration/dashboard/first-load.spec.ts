import { request } from 'node:http';
import { ADAPTERS, startDashboard, type TestDashboard, WordGuard } from '../../support/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const MOST = 90 * 1_024;

describe.each(ADAPTERS)('the first load of the page on %s', (_, adapter) => {
  let database: TestDatabase;
  let test: TestDashboard;

  beforeAll(async () => {
    database = await createTestDatabase();
    test = await startDashboard({
      url: database.url,
      adapter: adapter(),
      dashboard: { guards: [WordGuard] },
    });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  /** The bytes of the body as they come over the wire. */
  const load = async (url: string, accepted: string): Promise<{ encoding: string; bytes: Buffer }> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: 'open sesame', 'accept-encoding': accepted };
      request(url, { headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () =>
          resolve({ encoding: String(response.headers['content-encoding']), bytes: Buffer.concat(parts) }),
        );
      })
        .on('error', reject)
        .end();
    });

  it.each([
    ['br', 'gzip, deflate, br, zstd'],
    ['gzip', 'gzip, deflate'],
  ])('is below 90 KB over the wire by %s, each file of it compressed', async (encoding, accepted) => {
    const base = `${test.origin}/admin/v1/queue-jobs/`;
    const page = (await load(base, 'identity')).bytes;
    const files = [...page.toString().matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(
      ([, file]) => file,
    );
    expect(files.length).toBeGreaterThan(1);
    const loaded = await Promise.all(files.map(async (file) => load(`${base}${file}`, accepted)));
    expect(new Set(loaded.map((one) => one.encoding))).toEqual(new Set([encoding]));
    const sum = loaded.reduce((bytes, one) => bytes + one.bytes.length, page.length);
    expect(sum).toBeLessThan(MOST);
  });
});

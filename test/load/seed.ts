// Fills a database that the library has migrated with the jobs that the dashboard is measured on: `npm run seed`, with
// DATABASE_URL, and `--live` and `--ended` for other numbers than 100,000 and a million.
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { fillQueue } from '../support/big-queue.js';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { live: text, ended: text } });
const size = { live: Number(values.live ?? 100_000), ended: Number(values.ended ?? 1_000_000) };
const url = process.env['DATABASE_URL'];
if (url === undefined || !(size.live > 300 && size.ended > 500)) {
  throw new Error('DATABASE_URL names the database; --live takes a number above 300, --ended one above 500.');
}
const client = new Client({ connectionString: url });
await client.connect();
await fillQueue(async (sql, given = []) => client.query(sql, given), size);
await client.end();
console.log(`${size.live} live and ${size.ended} ended jobs are stored.`);

import 'reflect-metadata';
import { EmbeddedPostgres } from '../../../sample/src/embedded-postgres.js';
import { allowTables, createRole } from '../../support/role.js';
import { measureChannels } from './channels.js';
import { measureKeys } from './keys.js';
import { measureSql } from './sql.js';

/** What is measured, by the word that chooses it: `npm run load:limits -- keys sql`. Default: all. */
const MEASURES = { channels: measureChannels, keys: measureKeys, sql: measureSql } as const;

const given = process.argv.slice(2);
const unknown = given.filter((word) => !Object.hasOwn(MEASURES, word));
if (unknown.length > 0)
  throw new Error(`It measures ${Object.keys(MEASURES).join(', ')}, and not ${unknown.join(', ')}`);

const server = await EmbeddedPostgres.start({ settings: { max_connections: '200' } });
try {
  const url = await createRole(server.url, 'load');
  await allowTables(server.url, url);
  for (const [word, measure] of Object.entries(MEASURES))
    if (given.length === 0 || given.includes(word)) await measure(url, (line) => console.log(line));
} finally {
  await server.stop();
}

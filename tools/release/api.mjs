// The API report: `npm run check:api` fails if the public declarations differ from tools/release/api.txt, and shows where.
// `npm run api:write` writes the report, for a change that is meant. Both read what `npm run build` has made.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { API_REPORT, apiDifference, apiReport } from './api-report.mjs';

const now = apiReport();
if (process.argv.includes('--write')) {
  writeFileSync(API_REPORT, now);
  console.log(`Written: ${API_REPORT}. Look at what has changed in it, and commit it.`);
} else {
  const recorded = existsSync(API_REPORT) ? readFileSync(API_REPORT, 'utf8') : '';
  const difference = apiDifference(recorded, now);
  if (difference !== '') {
    console.error(difference);
    console.error('The public declarations differ from the report. If that is meant: npm run api:write.');
    process.exitCode = 1;
  }
}

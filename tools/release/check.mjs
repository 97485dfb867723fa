// Whether this can be published: `npm run release:check`. `npm run release:prepare` writes what it compares with.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { API_REPORT, apiDifference, apiReport } from './api-report.mjs';
import { licenceProblems } from './licences.mjs';
import { schemaHashes } from './schema-hashes.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const SCHEMAS = join(import.meta.dirname, 'released-schemas.json');

const read = (file) => readFileSync(join(ROOT, file), 'utf8');
const manifest = JSON.parse(read('package.json'));
const { version } = manifest;

if (process.argv.includes('--prepare')) {
  writeFileSync(API_REPORT, apiReport());
  writeFileSync(SCHEMAS, `${JSON.stringify(schemaHashes(ROOT), null, 2)}\n`);
  console.log(
    'Written: api.txt and released-schemas.json. Look at what has changed in them, and commit them.',
  );
  process.exit();
}

const CHECKS = {
  'the version is one, and the library reports it': () => {
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) return `package.json has the version ${version}`;
    return read('lib/common/version.ts').includes(`'${version}'`)
      ? ''
      : `lib/common/version.ts is not at ${version}`;
  },
  'the changelog has a dated section for the version': () =>
    new RegExp(`^## \\[?${version.replaceAll('.', '\\.')}\\]? - \\d{4}-\\d{2}-\\d{2}$`, 'm').test(
      read('CHANGELOG.md'),
    )
      ? ''
      : `CHANGELOG.md needs the heading "## ${version} - YYYY-MM-DD" in place of "## Unreleased"`,
  'repository, homepage and bugs are real': () => {
    const { repository, homepage, bugs } = manifest;
    const addresses = { repository: repository?.url, homepage, bugs: bugs?.url };
    const wrong = Object.keys(addresses).filter(
      (name) => !addresses[name] || /example\.|OWNER/.test(addresses[name]),
    );
    return wrong.length === 0 ? '' : `${wrong.join(', ')} in package.json still hold the address of nobody`;
  },
  'the schemas of released versions are unchanged, and this one is recorded': () => {
    const released = existsSync(SCHEMAS) ? JSON.parse(readFileSync(SCHEMAS, 'utf8')) : {};
    const now = schemaHashes(ROOT);
    const names = [...new Set([...Object.keys(now), ...Object.keys(released)])];
    const changed = names.filter((name) => now[name] !== released[name]);
    return changed.length === 0
      ? ''
      : `lib/store/schema/${changed.join(', ')}: released nowhere as it is. A new schema: npm run release:prepare. A released one must not change: make the next version`;
  },
  'the API is that of its report': () => {
    const recorded = existsSync(API_REPORT) ? readFileSync(API_REPORT, 'utf8') : '';
    const difference = apiDifference(recorded, apiReport());
    return difference === ''
      ? ''
      : `the public declarations differ from tools/release/api.txt: run npm run api:write, and look at the difference\n${difference}`;
  },
  'the tarball holds what it should': () => {
    try {
      execFileSync(process.execPath, [join(ROOT, '.ci/check-package.mjs')], { cwd: ROOT, stdio: 'pipe' });
      return '';
    } catch (error) {
      return String(error.stderr);
    }
  },
  'the licences allow it': () => licenceProblems(ROOT).join('; '),
};

let failed = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  const problem = check();
  console.log(`${name} … ${problem === '' ? 'ok' : `failed: ${problem}`}`);
  if (problem !== '') failed += 1;
}
process.exitCode = failed > 0 ? 1 : 0;

// No known hole in what an install of the library brings along. Where the registry can't be asked, that is said and
// nothing has failed: a build must not break for want of a network.
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8', timeout: 60_000 });

let report;
try {
  report = JSON.parse(stdout);
} catch {
  report = { message: 'npm audit gave no answer' };
}

if (report.vulnerabilities === undefined) {
  console.log(`Not audited: ${report.message ?? report.error?.summary}`);
} else {
  const found = Object.values(report.vulnerabilities);
  for (const { name, severity, range } of found) {
    console.error(`${name} ${range}: ${severity}`);
  }
  console.log(`${found.length} of the runtime dependencies have known vulnerabilities`);
  process.exitCode = found.length > 0 ? 1 : 0;
}

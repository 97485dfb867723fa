// Keeps the words that went (docs/how-it-works.md has the glossary) from coming back: into names of files, names in the
// code, the texts of errors and logs, and the documentation.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What went, and what to write instead. In `in`: the files that are clean of it already. */
const WORDS = [
  { word: /\b(?:Workbench|HandQueue|ClaimLedger|NodeLife|VitalSigns|Bookkeeper|InsertLane|FinishWatch|JobSteering|UndelayedWatch)\b/, say: 'the names of the glossary', in: /^(?:lib|test|sample|bench|docs)\// },
  { word: /\b(?:runAtOnce|BatchAtOnce|despiteDeadlocks|isAboutData|handOver|HandOver)\b/, say: 'the names of the glossary', in: /^lib\// },
  { word: /\bhungry\b/i, say: 'starved', in: /^(?:lib|docs|README|CHANGELOG)/ },
  { word: /\bregate|\btallies\b|\bvoid_cycles\b/, say: 'limiting channels, statistics, void round trips', in: /^(?:lib|docs|test)/ },
  { word: /\b(?:phase) (?:=|<>) [0-4]\b/, say: '${Phase.ready} and its siblings', in: /^lib\/(?!store\/jobs\/phase|store\/schema\/v1\/phase)/ },
  { word: /could not be asked/, say: 'Database query failed', in: /^docs\// },
  { word: /\bnodes\.quiet\(|`quiet`/, say: 'drain', in: /^(?:lib|docs|README|sample)/ },
]; // prettier-ignore

const files = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.mjs', '*.md'], { encoding: 'utf8' }).split(
  '\n',
);
let found = 0;
for (const file of files) {
  const rules = WORDS.filter((rule) => rule.in.test(file));
  if (rules.length === 0) continue;
  for (const [at, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    for (const { word, say } of rules) {
      const [match] = word.exec(line) ?? [];
      if (match === undefined) continue;
      found += 1;
      console.error(`${file}:${at + 1}: "${match}": write ${say}`);
    }
  }
}
if (found > 0) process.exit(1);

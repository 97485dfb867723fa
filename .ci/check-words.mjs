// Keeps the words that went (docs/how-it-works.md has the glossary) from coming back: into names of files, names in the
// code, comments, the texts of errors and logs, and the documentation. Names fail everywhere; a word of plain English is
// shown where somebody works, and fails in `.ci/run`.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LIB = '^lib/(?!dashboard/ui/)';
const DOCS = '^(?:docs/|README|CHANGELOG|CONTRIBUTING|SECURITY|test/README)';
const names = (...words) => new RegExp(`\\b(?:${words.join('|')})\\b`);
const files = (...patterns) => new RegExp(patterns.join('|'));

/** What went, and what to write instead. In `in`: where it must not come back. */
const WORDS = [
  // Names, by the glossary.
  { word: names('Workbench', 'HandQueue', 'ClaimLedger', 'NodeLife', 'VitalSigns', 'Bookkeeper', 'InsertLane', 'FinishWatch', 'JobSteering', 'UndelayedWatch', 'Pump', 'Launcher', 'Outbox', 'Tally', 'NodeSession', 'EndedStore', 'InsertAny', 'InsertAlike', 'RunAtOnce', 'BatchAtOnce', 'HandOver', 'TextFlaw'), say: 'the names of the glossary', in: /^(?:lib|test|sample|bench|docs)\// },
  { word: names('runAtOnce', 'despiteDeadlocks', 'isAboutData', 'handOver', 'steer', 'steers', 'steered', 'patience'), say: 'the names of the glossary', in: files(`${LIB}(?!dashboard/)`) },
  { word: /\bhungry\b/i, say: 'starved', in: files(LIB, DOCS) },
  { word: /\breap(?:s|ed|er|ing)?\b/i, say: 'rescue', in: files(LIB, DOCS) },
  { word: /\bworkbench\b|\boutbox\b/i, say: 'worker pool, settle buffer', in: files(LIB) },
  { word: /\bregate|\btallies\b|\bvoid_cycles\b/, say: 'limiting channels, statistics, void round trips', in: /^(?:lib|docs|test)/ },
  { word: /\b(?:phase) (?:=|<>) [0-4]\b/, say: '${Phase.ready} and its siblings', in: /^lib\/(?!store\/jobs\/phase|store\/schema\/v1\/phase)/ },
  { word: /\bnodes\.quiet\(|`quiet`/, say: 'drain', in: files(LIB, DOCS, '^sample/') },
]; // prettier-ignore

const ENGLISH = [
  // One term for one thing.
  { word: /\btries\b|\b(?:a|the|this|each|every|its|next|last|first|one) try\b(?! to\b)/i, say: 'attempt', in: files(LIB, DOCS) },
  { word: /\btry: /, say: 'attempt', in: files(`${LIB}runner/`) },
  { word: /\b(?:at hand)\b/i, say: 'prefetched', in: files(LIB, DOCS) },
  { word: /\bthe seed(?:'s)?\b(?! (?:gives|of))/i, say: 'Odoo, or Odoo\'s queue_job', in: files(LIB, '^(?:docs/|README|CHANGELOG)') },
  // English.
  { word: /\banswers with\b/i, say: 'returns', in: files(LIB) },
  { word: /\bfor ever\b/i, say: 'forever', in: files('^lib/', DOCS) },
  { word: /\banew\b/i, say: 'again', in: files('^lib/', DOCS) },
  { word: /\blest\b/i, say: 'so that … not', in: files('^lib/', DOCS) },
  { word: /\bnow and then\b/i, say: 'periodically', in: files('^lib/', DOCS) },
  { word: /could not be asked/, say: 'Database query failed', in: files('^lib/', DOCS) },
]; // prettier-ignore

const strict = process.env.CI !== undefined;
const paths = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.mjs', '*.md'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '');
let wrong = 0;
for (const path of paths) {
  const rules = [...WORDS, ...ENGLISH].filter((rule) => rule.in.test(path));
  if (rules.length === 0) continue;
  const lines = readFileSync(path, 'utf8').split('\n');
  for (const rule of rules) {
    for (const [at, line] of lines.entries()) {
      const [match] = rule.word.exec(line) ?? [];
      if (match === undefined) continue;
      console.error(`${path}:${at + 1}: "${match}": write ${rule.say}`);
      if (strict || WORDS.includes(rule)) wrong += 1;
    }
  }
}
process.exitCode = wrong > 0 ? 1 : 0;

import { parseArgs } from 'node:util';
import { MEASURES } from './measures/catalogue.ts';
import type { Measure } from './measures/measure.ts';
import { hasRedis } from './run/redis.ts';
import { SYSTEMS, type SystemEntry } from './systems/catalogue.ts';

export interface Options {
  readonly systems: readonly SystemEntry[];
  readonly measures: readonly Measure[];
  readonly rounds: number;
  /** No round begins that would end later than this, in milliseconds. */
  readonly withinMs: number;
  readonly sizes: Sizes;
  /** The folder for the results. */
  readonly out: string;
  /** Arguments of Node.js for the measured processes. */
  readonly execArgv: readonly string[];
  readonly serverSettings: Record<string, string>;
}

/** How much is measured. */
export interface Sizes {
  /** Jobs of a drain, for a system with a share of 1. */
  readonly jobs: number;
  /** How long calls are counted, in milliseconds. */
  readonly ms: number;
  /** Rows of the growth measures are this part of what they are by default. */
  readonly scale: number;
  /** How long the transaction of the old snapshot stays open, and how many ticks a schedule of every minute has. */
  readonly minutes: number;
}

const HELP = `npm run bench -- [options]

  --only NAMES      systems and measures, separated by commas; of measures, also the first word of their names;
                    all: every measure and system but those in double brackets
  --rounds N        how often everything is measured (5)
  --within N        begins no round that would end later, in minutes (9.5, or no limit with --only or --rounds)
  --jobs N          jobs of a drain (50000)
  --ms N            how long calls are counted, in milliseconds (250)
  --scale X         growth: rows, as a part of the default (1)
  --minutes N       growth-snapshot: how long the transaction stays open; lateness: ticks of a system whose schedules have
                    minutes (5)
  --out FOLDER      where the results go (bench/results)
  --cpu-prof FOLDER writes CPU profiles of all measured processes there
  --set NAME=VALUE  a setting of the embedded PostgreSQL, any number of times

Systems:  ${SYSTEMS.map(({ name, optional }) => (optional === true ? `(${name})` : name)).join(', ')}
Measures: ${MEASURES.map(({ name, optional }) => (optional === undefined ? name : optional === 'all' ? `(${name})` : `((${name}))`)).join(', ')}

Those in brackets run where --only names them or all; those in double brackets only where it names them. What is left
takes less than ten minutes: where the machine is too slow for five rounds in that time, fewer.
`;

const DEFAULT_WITHIN_MS = 570_000;

/** The word for every measure and system but the longest. */
const ALL = 'all';

/** @throws Error that says which option is wrong */
export function readOptions(args: readonly string[]): Options | { readonly help: string } {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      within: { type: 'string' },
      jobs: { type: 'string', default: '50000' },
      ms: { type: 'string', default: '250' },
      scale: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '5' },
      out: { type: 'string', default: 'bench/results' },
      'cpu-prof': { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { help: HELP };
  const names = [...values.only.flatMap((list) => list.split(',')), ...positionals];
  return {
    ...choose(names.map((name) => name.trim()).filter((name) => name !== '')),
    rounds: whole('rounds', values.rounds ?? '5'),
    withinMs: withinOf(values.within, values.rounds === undefined && names.length === 0),
    sizes: {
      jobs: whole('jobs', values.jobs),
      ms: whole('ms', values.ms),
      scale: positive('scale', values.scale),
      minutes: positive('minutes', values.minutes),
    },
    out: values.out,
    execArgv: values['cpu-prof'] === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values['cpu-prof']}`],
    serverSettings: Object.fromEntries(values.set.map(setting)),
  };
}

function choose(names: readonly string[]): Pick<Options, 'systems' | 'measures'> {
  const matches = (name: string, wanted: string): boolean => name === wanted || name.startsWith(`${wanted}-`);
  const everything = names.includes(ALL);
  const isSystem = (name: string): boolean => SYSTEMS.some((entry) => entry.name === name);
  const unknown = names.find(
    (wanted) => wanted !== ALL && !isSystem(wanted) && !MEASURES.some(({ name }) => matches(name, wanted)),
  );
  if (unknown !== undefined)
    throw new Error(`--only ${unknown}: there is no such system or measure.\n\n${HELP}`);
  const wantedSystems = names.filter(isSystem);
  const wantedMeasures = names.filter((name) => name !== ALL && !isSystem(name));
  const systems = SYSTEMS.filter(({ name, store, optional }) =>
    wantedSystems.length > 0
      ? wantedSystems.includes(name)
      : (everything || optional !== true) && (store !== 'Redis' || hasRedis()),
  );
  const measures = MEASURES.filter(
    ({ name, optional }) =>
      wantedMeasures.some((wanted) => matches(name, wanted)) ||
      (everything ? optional !== 'named' : wantedMeasures.length === 0 && optional === undefined),
  );
  return { systems, measures };
}

function withinOf(minutes: string | undefined, allDefault: boolean): number {
  if (minutes === undefined) return allDefault ? DEFAULT_WITHIN_MS : Infinity;
  return positive('within', minutes) * 60_000;
}

function setting(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Error(`--set ${text}: it must be NAME=VALUE.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value > 0))
    throw new Error(`--${name} must be a whole number above 0, not ${text}.`);
  return value;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(Number.isFinite(value) && value > 0))
    throw new Error(`--${name} must be a number above 0, not ${text}.`);
  return value;
}

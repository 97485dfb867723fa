import { parseArgs } from 'node:util';

export interface ChaosOptions {
  readonly seed: number;
  /** How long the faults go on; then all that was accepted has to come to its end. */
  readonly seconds: number;
  readonly workers: number;
  /** Processes that make the calls. */
  readonly callers: number;
  /** The server has a standby, which takes over at some time. */
  readonly standby: boolean;
  /** Tells of each fault as it happens. */
  readonly verbose: boolean;
}

/** `--seed 42 --minutes 3`, or `--seconds 20`; `--workers 4 --callers 2`; `--standby`; `--verbose`. */
export function chaosOptions(args: readonly string[]): ChaosOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: text,
      minutes: text,
      seconds: text,
      workers: text,
      callers: text,
      standby: { type: 'boolean' },
      verbose: { type: 'boolean' },
    },
  });
  const number = (name: Exclude<keyof typeof values, 'verbose' | 'standby'>, otherwise: number): number => {
    const given = values[name];
    const value = given === undefined ? otherwise : Number(given);
    if (!(value >= 0)) throw new Error(`--${name} takes a number, not ${given}`);
    return value;
  };
  return {
    seed: number('seed', Math.floor(Math.random() * 2 ** 31)),
    seconds: number('seconds', 60 * number('minutes', 3)),
    workers: number('workers', 4),
    callers: number('callers', 2),
    standby: values.standby === true,
    verbose: values.verbose === true,
  };
}

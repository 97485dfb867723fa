import { parseArgs } from 'node:util';

export interface LoadOptions {
  readonly jobs: number;
  readonly minutes: number;
  readonly processes: number;
}

/** `--jobs 1000000 --minutes 15 --processes 3`: so many jobs, called evenly over that time. */
export function loadOptions(args: readonly string[]): LoadOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { jobs: text, minutes: text, processes: text } });
  const number = (name: keyof typeof values, otherwise: number): number => {
    const value = values[name] === undefined ? otherwise : Number(values[name]);
    if (!(value > 0)) throw new Error(`--${name} takes a number above 0, not ${values[name]}`);
    return value;
  };
  return {
    jobs: number('jobs', 1_000_000),
    minutes: number('minutes', 15),
    processes: number('processes', 3),
  };
}

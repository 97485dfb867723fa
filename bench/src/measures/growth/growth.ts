import type { Ability, Seed } from '../../systems/system.ts';
import { channelNames } from '../channels.ts';
import type { Measure } from '../measure.ts';
import { FEW, ratesBeside, RUN } from './rates.ts';

const MILLION = 1_000_000;

/** What enqueueing and running cost beside `rows`, as a multiple of what they cost beside a few. */
const growing = (
  name: string,
  title: string,
  needs: Ability,
  rows: number,
  seedOf: (rows: number) => Seed,
  few = FEW,
): Measure => ({
  name: `growth-${name}`,
  optional: 'named',
  figures: [
    { id: `growth.${name}.enqueue`, title: `enqueue, ${title}`, needs, unit: '× cost', better: 'lower' },
    { id: `growth.${name}.run`, title: `claim and settle, ${title}`, needs, unit: '× cost', better: 'lower' },
  ],
  async run(stage) {
    const before = await ratesBeside(stage, seedOf(few));
    const after = await ratesBeside(stage, seedOf(Math.max(few, Math.round(rows * stage.sizes.scale))));
    return {
      [`growth.${name}.enqueue`]: before.enqueue / after.enqueue,
      [`growth.${name}.run`]: before.run / after.run,
    };
  },
});

const waiting = (rows: number): Seed => ({ jobs: RUN + rows });
const future = (rows: number): Seed => ({ jobs: RUN, future: rows });
const done = (rows: number): Seed => ({ jobs: RUN, done: rows });
const inChannels = (count: number): Seed => ({ jobs: RUN + FEW, channels: channelNames(count) });

export const growth: readonly Measure[] = [
  growing('waiting-1m', '1 million waiting', 'backlog', MILLION, waiting),
  growing('waiting-10m', '10 million waiting', 'future and done jobs', 10 * MILLION, waiting),
  growing('future-1m', '1 million future etas', 'future and done jobs', MILLION, future),
  growing('done-10m', '10 million done', 'future and done jobs', 10 * MILLION, done),
  growing('channels-1000', '1,000 channels', 'many channels', 1_000, inChannels, 1),
  growing('channels-10000', '10,000 channels', 'many channels', 10_000, inChannels, 1),
];

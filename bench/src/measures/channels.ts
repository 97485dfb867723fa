import type { Seed } from '../systems/system.ts';
import { drain } from './drain.ts';
import type { Measure } from './measure.ts';

const PROCESSES = 2;
const MANY = 1_000;

/** A channel's name for each of `count`. */
export const channelNames = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `root.c${String(at).padStart(5, '0')}`);

type When = Pick<Measure, 'optional'>;
const ONLY_WITH_ALL: When = { optional: 'all' };

/** No-op jobs under a limit over all processes. */
const limited = (capacity: number, when: When = {}): Measure => ({
  name: `capacity-${capacity}`,
  ...when,
  figures: [
    {
      id: `capacity.${capacity}`,
      title: `drain, at most ${capacity} at once`,
      unit: 'jobs/s',
      better: 'higher',
      needs: capacity === 1 ? 'capacity of one' : 'capacity',
    },
  ],
  async run(stage) {
    const jobs = Math.max(100, Math.round(stage.sizes.jobs * (stage.system.kind === 'ours' ? 0.5 : 0.02)));
    const work = {
      handler: 'nothing',
      tunedFor: 'throughput',
      capacity,
      channels: `root:${capacity}`,
    } as const;
    return { [`capacity.${capacity}`]: await drain(stage, { seed: { jobs }, work, processes: PROCESSES }) };
  },
});

/** Jobs of 5 ms, for a second or somewhat more, as a share of what the capacity would allow if nothing else took time. */
const ofTheIdeal = (
  name: string,
  title: string,
  capacity: number,
  when: When = {},
  tree?: { readonly channels: string; readonly seeded: NonNullable<Seed['channels']> },
): Measure => ({
  name: `capacity-${name}`,
  ...when,
  figures: [
    {
      id: `capacity.${name}`,
      title: `5 ms jobs, ${title}`,
      unit: '% of ideal',
      better: 'higher',
      needs: tree !== undefined ? 'tree' : capacity === 1 ? 'capacity of one' : 'capacity',
    },
  ],
  async run(stage) {
    const ideal = (capacity * 1000) / 5;
    const jobs = Math.round(ideal * (stage.sizes.ms / 1000) * 4);
    const work = {
      handler: 'pause',
      tunedFor: 'throughput',
      capacity,
      channels: tree?.channels ?? `root:${capacity}`,
    } as const;
    const seed = { jobs, ...(tree === undefined ? {} : { channels: tree.seeded }) };
    return {
      [`capacity.${name}`]: (await drain(stage, { seed, work, processes: PROCESSES })) * (100 / ideal),
    };
  },
});

const manyChannels: Measure = {
  name: 'channels-1000',
  ...ONLY_WITH_ALL,
  figures: [
    {
      id: 'channels.1000',
      title: 'drain, 1,000 channels',
      unit: 'jobs/s',
      better: 'higher',
      needs: 'many channels',
    },
  ],
  async run(stage) {
    const seed = { jobs: stage.jobs, channels: channelNames(MANY) };
    const work = { handler: 'nothing', tunedFor: 'throughput' } as const;
    return { 'channels.1000': await drain(stage, { seed, work, processes: 1 }) };
  },
};

const TREE = {
  channels: 'root:10, root.a:5, root.b:5, root.c:5',
  seeded: ['root.a', 'root.b', 'root.c'],
};

export const channels: readonly Measure[] = [
  limited(100, ONLY_WITH_ALL),
  limited(10),
  limited(1, ONLY_WITH_ALL),
  ofTheIdeal('10x5ms', 'at most 10', 10),
  ofTheIdeal('1x5ms', 'at most 1', 1, ONLY_WITH_ALL),
  ofTheIdeal('tree', 'in a tree of four channels', 10, ONLY_WITH_ALL, TREE),
  manyChannels,
];

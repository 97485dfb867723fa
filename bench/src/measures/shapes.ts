import type { Ability } from '../systems/system.ts';
import { channelNames } from './channels.ts';
import { drain } from './drain.ts';
import type { Figure, Measure } from './measure.ts';

/** What the work is spread over: each of these may be a cliff where one channel is none. */
interface Shape {
  readonly name: string;
  readonly title: string;
  readonly needs?: Ability;
  /** The limits of the channels. */
  readonly channels: string;
  /** How many channels the jobs are in, below `root.t`. */
  readonly count: number;
  /** How many run at once in each, for systems that have such a limit under another name. */
  readonly groupsOf?: number;
}

const SHAPES: readonly Shape[] = [
  { name: 'one', title: 'one channel', channels: 'root:500', count: 1 },
  { name: 'unlimited', title: '500 channels without limit', channels: 'unused:1', count: 500 },
  {
    name: 'two',
    title: '500 channels of two places',
    channels: 'root:500, t:500, t.*:2',
    count: 500,
    groupsOf: 2,
    needs: 'groups',
  },
  { name: 'fair-10', title: '10 channels in turns', channels: 'root:500, t:500:fair', count: 10 },
  { name: 'fair-100', title: '100 channels in turns', channels: 'root:500, t:500:fair', count: 100 },
  { name: 'fair-500', title: '500 channels in turns', channels: 'root:500, t:500:fair', count: 500 },
  {
    name: 'sequential',
    title: '200 sequential channels',
    channels: 'root:500, t:500, t.*:1:sequential',
    count: 200,
    groupsOf: 1,
    needs: 'groups',
  },
  { name: 'rate', title: '500 channels with a rate', channels: 'root:500, t.*:2:rate=100000/60', count: 500 },
  {
    name: 'deep',
    title: '500 channels ten levels down',
    channels: 'root:500, t.a.b.c.d.e.f.g:500',
    count: 500,
  },
];

const RUNS = [
  { slots: 50, processes: 1, title: '50 slots' },
  { slots: 500, processes: 1, title: '500 slots' },
  { slots: 50, processes: 4, title: '4 processes of 50 slots' },
] as const;

const shaped = ({ name, title, needs = 'shapes', channels, count, groupsOf }: Shape): Measure => {
  const idOf = ({ slots, processes }: (typeof RUNS)[number]): string =>
    `shapes.${name}.${processes}x${slots}`;
  return {
    name: `shapes-${name}`,
    optional: 'named',
    figures: RUNS.map((run): Figure => ({
      id: idOf(run),
      title: `drain, ${title}, ${run.title}`,
      unit: 'jobs/s',
      better: 'higher',
      needs,
    })),
    async run(stage) {
      const parent = name === 'deep' ? 'root.t.a.b.c.d.e.f.g' : 'root.t';
      const seed = {
        jobs: Math.round(stage.jobs / 2),
        channels: channelNames(count).map((channel) => channel.replace('root', parent)),
      };
      const measured: Record<string, number> = {};
      for (const run of RUNS) {
        const work = {
          handler: 'nothing',
          tunedFor: 'throughput',
          channels,
          slots: run.slots,
          ...(groupsOf === undefined ? {} : { groupsOf }),
        } as const;
        measured[idOf(run)] = await drain(stage, { seed, work, processes: run.processes });
      }
      return measured;
    },
  };
};

/** The same no-op jobs, spread over channels in other ways: to be read as shares of the rate of one channel. */
export const shapes: readonly Measure[] = SHAPES.map(shaped);

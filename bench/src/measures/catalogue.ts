import { chain } from './chain.ts';
import { channels } from './channels.ts';
import { drains, transactional } from './drain.ts';
import { enqueue } from './enqueue.ts';
import { finished } from './finished.ts';
import { fleets } from './fleet/fleet.ts';
import { heartbeats } from './fleet/heartbeats.ts';
import { footprint } from './footprint.ts';
import { growth } from './growth/growth.ts';
import { snapshot } from './growth/snapshot.ts';
import { idle } from './idle.ts';
import { lateness } from './lateness.ts';
import { memory } from './memory.ts';
import type { Measure } from './measure.ts';
import { pickup } from './pickup.ts';
import { shapes } from './shapes.ts';

/** In the order of the table. */
export const MEASURES: readonly Measure[] = [
  enqueue,
  ...drains,
  transactional,
  ...channels,
  pickup,
  finished,
  lateness,
  chain,
  idle,
  footprint,
  memory,
  ...growth,
  snapshot,
  ...fleets,
  heartbeats,
  ...shapes,
];

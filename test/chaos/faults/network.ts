import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.js';

/** The network between a process and PostgreSQL: cut, silent for a while, or silent and then cut. */
export const networkFaults: readonly Fault[] = [
  {
    kind: 'cut',
    weight: 4,
    to: () => true,
    async strike(_campaign, member) {
      member?.proxy.cut();
      return Promise.resolve();
    },
  },
  {
    kind: 'freeze',
    weight: 3,
    to: () => true,
    async strike({ random }, member) {
      member?.proxy.freeze();
      await pause(random.int(200, 10_000));
      member?.proxy.thaw();
    },
  },
  {
    kind: 'freeze, then cut',
    weight: 3,
    to: () => true,
    async strike({ random }, member) {
      member?.proxy.freeze();
      await pause(random.int(200, 12_000));
      member?.proxy.cut();
      member?.proxy.thaw();
    },
  },
];

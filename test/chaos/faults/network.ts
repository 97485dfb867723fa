import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.js';

/**
 * How long connections stay silent before TCP ends them, in milliseconds. The library replaces its own much earlier; those
 * of the application's pool wait for it.
 */
const KEEPALIVE_MS = 25_000;

/** The network between a process and PostgreSQL: cut, silent for a while, silent and then cut, or silent for good. */
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
  {
    // As where a NAT forgets them, while new ones work and what arrives is acknowledged.
    kind: 'connections fall silent',
    weight: 3,
    to: () => true,
    async strike({ random }, member) {
      const share = random.pick([0.3, 0.7, 1]);
      member?.proxy.dropSilently(() => random.chance(share), { closed: random.chance(0.5) });
      await pause(KEEPALIVE_MS);
      member?.proxy.cutSilent();
    },
  },
];

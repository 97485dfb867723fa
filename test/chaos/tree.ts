import type { ChannelOptions } from 'nestjs-queue-job';
import type { Random } from './random.js';

/** Seconds between two starts of the one channel that has this. */
export const THROTTLE = 0.3;

/** A random tree of channels, with those whose behaviour is looked at by themselves. */
export function randomTree(random: Random): {
  channels: ChannelOptions[];
  used: string[];
  limited: string[];
} {
  const channels: ChannelOptions[] = [
    { name: 'root.order', capacity: 1, sequential: true },
    { name: 'root.slow', capacity: 2, throttle: THROTTLE },
  ];
  const used = ['root', 'root.slow'];
  const limited: string[] = [];
  const add = (name: string, chance: number): void => {
    used.push(name);
    if (!random.chance(chance)) return;
    limited.push(name);
    channels.push({ name, capacity: random.int(1, 5), ...(random.chance(0.2) ? { fair: true } : {}) });
  };
  for (const top of ['a', 'b', 'c'].slice(0, random.int(2, 3))) {
    add(`root.${top}`, 0.8);
    for (const below of ['x', 'y'].slice(0, random.int(0, 2))) {
      add(`root.${top}.${below}`, 0.5);
      if (random.chance(0.3)) add(`root.${top}.${below}.deep`, 0.5);
    }
  }
  return { channels, used, limited };
}

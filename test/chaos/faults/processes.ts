import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.js';
import type { Member } from '../member.js';

const worker = (member: Member): boolean => member.isWorker;

/** A process that is killed, ends in order, or doesn't get to run for a while. */
export const processFaults: readonly Fault[] = [
  {
    kind: 'kill',
    weight: 6,
    to: worker,
    async strike(campaign, member) {
      await member?.kill();
      campaign.replace(member as Member);
    },
  },
  {
    kind: 'kill of a caller',
    weight: 1,
    to: (member) => !member.isWorker,
    async strike(campaign, member) {
      await member?.kill();
      campaign.replace(member as Member);
    },
  },
  {
    kind: 'termination',
    weight: 3,
    to: worker,
    async strike(campaign, member) {
      member?.signal('SIGTERM');
      await member?.exited;
      campaign.replace(member as Member);
    },
  },
  {
    kind: 'stop',
    weight: 3,
    to: worker,
    async strike({ random }, member) {
      member?.signal('SIGSTOP');
      // Some for longer than the grace and the lease.
      await pause(random.int(300, 10_000));
      member?.signal('SIGCONT');
    },
  },
  {
    // Its session is gone while it can't see it: so it wakes up as one whose jobs others have.
    kind: 'stop with its connections cut',
    weight: 3,
    to: worker,
    async strike({ random }, member) {
      member?.signal('SIGSTOP');
      await pause(random.int(0, 50));
      member?.proxy.cut();
      await pause(random.int(4_500, 8_000));
      member?.signal('SIGCONT');
    },
  },
];

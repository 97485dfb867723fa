import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.js';

/** PostgreSQL itself: crashes, or refuses statements. */
export const serverFaults: readonly Fault[] = [
  {
    kind: 'crash of PostgreSQL',
    weight: 1,
    async strike({ database }) {
      await database.server.restartImmediate();
    },
  },
  {
    kind: 'disk full',
    weight: 2,
    strike: async ({ random, trouble }) => trouble('53100', random.pick([0.2, 1]), random.int(200, 1_500)),
  },
  {
    kind: 'serialization failures',
    weight: 1,
    strike: async ({ random, trouble }) => trouble('40001', 0.3, random.int(200, 1_500)),
  },
  {
    kind: 'deadlocks',
    weight: 1,
    strike: async ({ random, trouble }) => trouble('40P01', 0.3, random.int(200, 1_500)),
  },
  {
    kind: 'sessions terminated',
    weight: 1,
    async strike({ random, direct }) {
      // Some of them, the sessions of nodes among them, as an administrator might.
      await direct.ask(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name ~ '^chaos [0-9]' AND random() < $1`,
        [random.pick([0.2, 0.7])],
      );
      await pause(1);
    },
  },
];

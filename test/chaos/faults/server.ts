import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.js';

/** PostgreSQL itself: crashes, stands still, is replaced, or refuses statements. */
export const serverFaults: readonly Fault[] = [
  {
    kind: 'crash of PostgreSQL',
    weight: 1,
    async strike({ database }) {
      await database.server.restart();
    },
  },
  {
    kind: 'fail-over',
    weight: 1,
    async strike({ database }) {
      if (database.server.canFailOver) await database.server.failOver();
    },
  },
  {
    // Slow, not dead: a disk that hangs, or a machine that swaps.
    kind: 'backends stand still',
    weight: 2,
    async strike({ random, direct }) {
      const backends = await direct.ask<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE application_name ~ '^chaos [0-9]' AND random() < $1`,
        [random.pick([0.3, 1])],
      );
      for (const { pid } of backends) signalBackend(pid, 'SIGSTOP');
      await pause(random.int(200, 12_000));
      for (const { pid } of backends) signalBackend(pid, 'SIGCONT');
    },
  },
  {
    // A primary that was demoted in place: its connections are alive, and of no use.
    kind: 'read-only for a while',
    weight: 1,
    async strike({ random, direct }) {
      await direct.ask('ALTER ROLE chaos SET default_transaction_read_only = on');
      await direct.ask(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name ~ '^chaos [0-9]' AND random() < 0.5`,
      );
      await pause(random.int(200, 3_000));
      await direct.ask('ALTER ROLE chaos RESET default_transaction_read_only');
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

/** One that has ended meanwhile needs no signal. */
function signalBackend(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

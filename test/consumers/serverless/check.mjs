// A handler that is frozen, thawed, killed and started again between events stores a job for each of them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than a platform needs to hand the next event to another process. */
const FROZEN_MS = 3_000;

const start = (script) => fork(`dist/${script}.js`);

async function answer(child, message) {
  const answered = once(child, 'message');
  if (message !== undefined) child.send(message);
  const [value] = await Promise.race([
    answered,
    once(child, 'exit').then(([code]) => {
      throw new Error(`It ended with ${code}`);
    }),
  ]);
  if (value.error !== undefined) throw new Error(value.error);
  return value;
}

const worker = start('worker');
await answer(worker);
let host = start('host');
const uuids = [];
try {
  uuids.push((await answer(host, { invoice: 1 })).uuid);
  host.kill('SIGSTOP');
  await sleep(FROZEN_MS);
  host.kill('SIGCONT');
  uuids.push((await answer(host, { invoice: 2 })).uuid);
  host.kill('SIGKILL');
  host = start('host');
  uuids.push((await answer(host, { invoice: 3 })).uuid);
  for (const [at, uuid] of uuids.entries()) {
    const { result } = await answer(worker, uuid);
    if (result !== `Invoice ${at + 1} is sent`) throw new Error(`Job ${uuid} answered ${result}`);
  }
} finally {
  host.kill('SIGKILL');
}
worker.kill('SIGTERM');
const [code, signal] = await once(worker, 'exit');
if (code !== 0 && signal !== 'SIGTERM') throw new Error(`The worker ended with ${code ?? signal}`);

import type { FaultRecord } from './fault.js';

/** Between two looks, and by how much they may be late, in milliseconds. */
const LOOK_MS = 200;
const STALL_MS = 700;

/** Where this process doesn't get to run, nor do the others: that is a fault like any other. Answers with how to stop. */
export function watchMachine(faults: FaultRecord[]): () => void {
  let looked = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - looked > LOOK_MS + STALL_MS)
      faults.push({ kind: 'stall of the machine', process: undefined, begun: looked, ended: now });
    looked = now;
  }, LOOK_MS);
  return () => clearInterval(timer);
}

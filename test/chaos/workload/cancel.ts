import { JobNotFoundError, JobStateError } from 'nestjs-queue-job';
import { PlainJobs } from './plain.js';
import type { Workload } from './workload.js';

/** Cancels some of what this process asked for, waiting or running. */
export const cancel: Workload = {
  name: 'cancel',
  provider: PlainJobs,
  weight: 1,
  async call({ queue, random, recorder, recent }) {
    const [uuid] = recent.splice(random.int(0, Math.max(0, recent.length - 1)), 1);
    recent.splice(0, recent.length - 50);
    if (uuid === undefined) return;
    const from = await recorder.now();
    try {
      await queue.cancel(uuid, { by: 'the campaign' });
    } catch (error) {
      if (error instanceof JobStateError || error instanceof JobNotFoundError) return;
      throw error;
    }
    await recorder.accepted('cancelled', uuid, from);
  },
};

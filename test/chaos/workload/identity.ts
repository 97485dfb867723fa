import type { QueueJob } from 'nestjs-queue-job';
import { PlainJobs } from './plain.js';
import type { Workload } from './workload.js';

/** The same refresh, asked for by many at once. */
export const identity: Workload = {
  name: 'identity',
  provider: PlainJobs,
  weight: 3,
  async call({ queue, random, recorder, channels, accepted }) {
    const key = `refresh ${random.int(1, 6)}`;
    const from = await recorder.now();
    const jobs = queue.withDelay(PlainJobs, { identityKey: key, channel: random.pick(channels) });
    const calls = Array.from({ length: random.int(1, 4) }, () => jobs.work(random.int(0, 60)));
    const answers = await Promise.allSettled(calls);
    const answered = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const isSecond = (job: QueueJob): boolean => job.deduplicated === true;
    await accepted(
      answered.filter((job) => !isSecond(job)),
      from,
      { key },
    );
    await accepted(answered.filter(isSecond), from, { key, deduplicated: true });
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
  },
};

import { Injectable } from '@nestjs/common';
import { currentJob, type DelayableJob, type DelayOptions, Job, type QueueService } from '../../lib/index.js';

/** Jobs for graphs: each notes its label when it runs. */
@Injectable()
export class Steps {
  /** The labels of the jobs that began, in order. */
  ran: string[] = [];
  /** What a job does beside that, by its label; its result is the job's. */
  works = new Map<string, () => unknown>();

  @Job()
  async run(label: string): Promise<unknown> {
    this.ran.push(label);
    return this.works.has(label) ? this.works.get(label)?.() : label;
  }

  /** Gives its label and the results of its parents. */
  @Job()
  async collect(label: string): Promise<unknown[]> {
    this.ran.push(label);
    return [label, ...(await currentJob().parentResults())];
  }

  @Job({ transactional: true })
  async whole(label: string): Promise<unknown> {
    return this.run(label);
  }

  @Job({ description: 'All of them' })
  async each(prefix: string, list: readonly unknown[], _rest?: readonly unknown[]): Promise<string> {
    this.ran.push(`${prefix}${list.join('')}`);
    return list.join('');
  }
}

/** Builds jobs that are described by their labels. */
export const builder = (queue: QueueService) => {
  const make =
    (method: 'run' | 'collect' | 'whole') =>
    (label: string, options: DelayOptions = {}): DelayableJob =>
      queue.delayable(Steps, { description: label, ...options })[method](label);
  const run = make('run');
  /** `run` jobs by their labels. */
  const named = <L extends string>(labels: readonly L[], options: DelayOptions = {}) =>
    Object.fromEntries(labels.map((label) => [label, run(label, options)])) as unknown as Record<
      L,
      DelayableJob
    >;
  return { run, collect: make('collect'), whole: make('whole'), named };
};

/** What stands for everything beyond the bound. */
const OTHER = 'other';

/**
 * Keeps the number of time series bounded: the first pairs of channel and job function have their own labels for the life
 * of the process, all later ones share one. Channels may be as many as customers, and a series is dear to keep.
 */
export class SeriesBound {
  private readonly own = new Map<string, Set<string>>();
  private size = 0;

  constructor(private readonly most: number) {}

  /** The labels of a pair. */
  labelsOf(channel: string, job: string): { readonly channel: string; readonly job: string } {
    const jobs = this.own.get(channel);
    if (jobs?.has(job) === true) return { channel, job };
    if (this.size >= this.most) return { channel: OTHER, job: OTHER };
    this.size += 1;
    if (jobs === undefined) this.own.set(channel, new Set([job]));
    else jobs.add(job);
    return { channel, job };
  }

  /** The label of a channel, a schedule or the like, of which each counts as one. */
  labelOf(name: string): string {
    return this.labelsOf(name, '').channel;
  }
}

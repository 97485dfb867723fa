/**
 * One answer for all who ask at once, and for those who ask while it is fresh. One that has not come yet is waited for by
 * everybody, so that reads never pile up; an error is for those who waited for it, and the next one asks again.
 */
export class SharedRead<T> {
  private latest: Promise<T> | null = null;
  /** When the latest answer came, by the monotonic clock, in milliseconds; Infinity while it is awaited. */
  private at = 0;

  /** @param freshMs - for how many milliseconds an answer is good */
  constructor(
    private readonly read: () => Promise<T>,
    private readonly freshMs: number,
  ) {}

  async get(): Promise<T> {
    if (this.latest === null || performance.now() - this.at > this.freshMs) {
      const reading = this.read();
      this.latest = reading;
      this.at = Infinity;
      reading.then(
        () => (this.at = performance.now()),
        () => (this.latest = null),
      );
    }
    return this.latest;
  }
}

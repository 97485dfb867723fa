/** What is left of it for the last things, in milliseconds: enough for a server that answers. */
const LEAST_MS = 200;

/** Waits for one thing after the other, but in all no longer than a given time. */
export class Deadline {
  constructor(private left: number) {}

  async wait(work: Promise<unknown>): Promise<void> {
    const begun = performance.now();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, this.left)))]);
    clearTimeout(timer);
    this.left = Math.max(LEAST_MS, this.left - (performance.now() - begun));
  }
}

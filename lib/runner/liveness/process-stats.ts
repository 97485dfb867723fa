/** How much of the machine this process takes. */
export class ProcessStats {
  private usage = process.cpuUsage();
  private at = performance.now();

  /** Bytes that are resident now, and cores in use since the last look. */
  read(): { memory: number; cpu: number } {
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.usage);
    const cpu = (user + system) / 1000 / Math.max(1, now - this.at);
    this.usage = process.cpuUsage();
    this.at = now;
    return { memory: process.memoryUsage.rss(), cpu };
  }
}

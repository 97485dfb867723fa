/** One line that changes on a terminal; elsewhere a line now and then. */
export class Progress {
  private steps: readonly string[] = [];
  private at = -1;
  private began = 0;
  /** How long the steps took that have been taken, in seconds: those of one title take about the same each time. */
  private readonly taken: { readonly title: string; readonly seconds: number }[] = [];
  private told = -Infinity;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  /** What will be done, in this order. */
  plan(steps: readonly string[]): void {
    this.steps = steps;
  }

  /** The next step begins, and the one before has ended. */
  next(round: string): void {
    const now = performance.now() / 1000;
    const before = this.steps[this.at];
    if (before !== undefined) this.taken.push({ title: before, seconds: now - this.began });
    this.at += 1;
    this.began = now;
    const { length } = this.steps;
    const line = `${this.share()}, step ${this.at + 1} of ${length}, ${round}: ${this.steps[this.at] ?? ''}`;
    if (this.stream.isTTY) this.stream.write(`\r\u001b[2K${line.slice(0, this.stream.columns - 1)}`);
    else if (now - this.told > 15) {
      this.told = now;
      this.stream.write(`${line}\n`);
    }
  }

  say(text: string): void {
    this.stream.write(this.stream.isTTY ? `\r\u001b[2K${text}\n` : `${text}\n`);
  }

  done(): void {
    this.say(`Measured for ${duration(this.spent() + performance.now() / 1000 - this.began)}.`);
  }

  private spent(): number {
    return this.taken.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  /** The share of the time that is over, and the time left. */
  private share(): string {
    if (this.taken.length === 0) return '0 %';
    const spent = this.spent();
    const mean = spent / this.taken.length;
    const last = new Map(this.taken.map(({ title, seconds }) => [title, seconds]));
    const left = this.steps.slice(this.at).reduce((sum, title) => sum + (last.get(title) ?? mean), 0);
    return `${Math.floor((100 * spent) / (spent + left))} %, about ${duration(left)} left`;
  }
}

const duration = (seconds: number): string =>
  seconds < 60 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

/** One line that changes on a terminal; elsewhere a line now and then. */
export class Progress {
  private readonly start = performance.now();
  private told = 0;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  show(at: number, of: number, what: string): void {
    const seconds = (performance.now() - this.start) / 1000;
    const left = at === 0 ? '' : `, about ${duration((seconds / at) * (of - at))} left`;
    const line = `${String(at + 1).padStart(String(of).length)}/${of} ${what}${left}`;
    if (this.stream.isTTY) this.stream.write(`\r\u001b[2K${line.slice(0, this.stream.columns - 1)}`);
    else if (seconds - this.told > 15 || at === 0) {
      this.told = seconds;
      this.stream.write(`${line}\n`);
    }
  }

  say(text: string): void {
    this.stream.write(this.stream.isTTY ? `\r\u001b[2K${text}\n` : `${text}\n`);
  }

  done(): void {
    this.say(`Measured for ${duration((performance.now() - this.start) / 1000)}.`);
  }
}

const duration = (seconds: number): string =>
  seconds < 60 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

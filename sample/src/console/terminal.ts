import { stdout } from 'node:process';
import { isatty } from 'node:tty';

const CLEAR_LINE = '\r\u001B[2K';

/** Lines that stay, and on a terminal one below them that changes in place. Elsewhere that one becomes lines as well. */
export class Terminal {
  readonly interactive = isatty(stdout.fd);
  private line = '';

  print(text: string): void {
    this.above(() => stdout.write(`${text}\n`));
  }

  /** Something else is written to the terminal. */
  above(write: () => void): void {
    if (this.interactive && this.line) stdout.write(CLEAR_LINE);
    write();
    if (this.interactive) stdout.write(this.line);
  }

  /** What the line below says from now on; nothing, and there is none. */
  status(text: string): void {
    const line = this.interactive ? text.slice(0, (stdout.columns || 80) - 1) : text;
    if (line === this.line) return;
    this.line = line;
    if (this.interactive) stdout.write(CLEAR_LINE + line);
    else if (line) stdout.write(`${line}\n`);
  }

  /** The line below stays as it is. */
  release(): void {
    if (this.interactive && this.line) stdout.write('\n');
    this.line = '';
  }
}

export const terminal = new Terminal();

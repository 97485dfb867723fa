import { signal } from '@preact/signals';

/** The time, each second, while somebody looks. Milliseconds since 1970. */
export class Clock {
  readonly now = signal(Date.now());

  start(): void {
    setInterval(() => {
      if (!document.hidden) {
        this.now.value = Date.now();
      }
    }, 1_000);
  }
}

import { signal } from '@preact/signals';

export interface Toast {
  readonly id: number;
  readonly tone: 'good' | 'bad' | 'info';
  readonly text: string;
  /** A way back, or onward. */
  readonly action?: ToastAction;
}

export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

/** Short words on what has just happened. */
export class Toasts {
  readonly shown = signal<readonly Toast[]>([]);
  #last = 0;

  show(tone: Toast['tone'], text: string, action?: ToastAction): void {
    const toast = { id: ++this.#last, tone, text, ...(action && { action }) };
    this.shown.value = [...this.shown.peek().slice(-3), toast];
    // What went wrong stays until it is read.
    if (tone !== 'bad') {
      setTimeout(() => this.close(toast.id), action === undefined ? 6_000 : 15_000);
    }
  }

  close(id: number): void {
    this.shown.value = this.shown.peek().filter((toast) => toast.id !== id);
  }
}

import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

export interface Question {
  readonly title: string;
  readonly body: ComponentChildren;
  /** What the button says that goes on: a verb. */
  readonly yes: string;
  readonly danger?: boolean;
}

/** Questions to answer before something is done. */
export class Dialogs {
  readonly asked = signal<(Question & { readonly answer: (yes: boolean) => void }) | null>(null);

  confirm(question: Question): Promise<boolean> {
    this.asked.peek()?.answer(false);
    return new Promise((resolve) => {
      this.asked.value = {
        ...question,
        answer: (yes) => {
          this.asked.value = null;
          resolve(yes);
        },
      };
    });
  }
}

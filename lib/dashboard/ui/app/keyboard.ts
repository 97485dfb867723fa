import { signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import type { PlainTextKey } from '../texts/en.js';
import { useApp } from './app-context.js';

export type KeyGroup = 'general' | 'go' | 'list' | 'page';

export interface KeyBinding {
  /** One key, or two in a row: `j`, `?`, `g j`. */
  readonly keys: string;
  readonly group: KeyGroup;
  /** What the help says of it. */
  readonly text: PlainTextKey;
  readonly run: () => void;
}

/** How long a first key waits for its second. Milliseconds. */
const PATIENCE = 1_200;

/** Keys of the page as it stands: what is mounted brings its own. */
export class Keyboard {
  readonly bindings = signal<readonly KeyBinding[]>([]);
  #first: { readonly key: string; readonly at: number } | null = null;

  start(): void {
    document.addEventListener('keydown', (event) => this.#press(event));
  }

  /** @returns Takes them back. */
  add(bindings: readonly KeyBinding[]): () => void {
    this.bindings.value = [...this.bindings.peek(), ...bindings];
    return () => {
      this.bindings.value = this.bindings.peek().filter((one) => !bindings.includes(one));
    };
  }

  #press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || takesText(event.target)) {
      return;
    }
    if (document.querySelector('dialog[open]') !== null) {
      return;
    }
    const first =
      this.#first !== null && event.timeStamp - this.#first.at < PATIENCE ? this.#first.key : null;
    this.#first = null;
    const keys = first === null ? event.key : `${first} ${event.key}`;
    // The innermost came last.
    const binding = this.bindings.peek().findLast((one) => one.keys === keys);
    if (binding !== undefined) {
      event.preventDefault();
      binding.run();
    } else if (this.bindings.peek().some((one) => one.keys.startsWith(`${event.key} `))) {
      this.#first = { key: event.key, at: event.timeStamp };
    }
  }
}

/** Keys for as long as the component stands: from its first sight on, which an effect after the paint would miss. */
export function useKeys(bindings: readonly KeyBinding[], inputs: readonly unknown[]): void {
  const { keyboard } = useApp();
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  useLayoutEffect(() => keyboard.add(bindings), [keyboard, ...inputs]);
}

function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=button])'))
  );
}

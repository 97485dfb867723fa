import { computed, effect, signal } from '@preact/signals';
import { preference } from './preference.js';

const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Light or dark: as chosen, or else as the system is. */
export class ThemeChoice {
  readonly choice = preference<Theme>('theme', THEMES, 'system');
  readonly #systemIsDark = signal(false);
  readonly dark = computed(() =>
    this.choice.value === 'system' ? this.#systemIsDark.value : this.choice.value === 'dark',
  );

  start(): void {
    const system = matchMedia('(prefers-color-scheme: dark)');
    this.#systemIsDark.value = system.matches;
    system.addEventListener('change', () => (this.#systemIsDark.value = system.matches));
    effect(() => {
      document.documentElement.dataset['theme'] = this.dark.value ? 'dark' : 'light';
    });
  }

  next(): void {
    const at = THEMES.indexOf(this.choice.peek());
    this.choice.value = THEMES[(at + 1) % THEMES.length] ?? 'system';
  }
}

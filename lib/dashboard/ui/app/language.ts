import { computed, effect, signal } from '@preact/signals';
import { en, type TextKey, type Texts, type TextValues } from '../texts/en.js';
import { Format } from './format.js';
import { browserLocales, mendBrowserLanguage } from './locale.js';
import { preference } from './preference.js';

export const LANGUAGES = { en: 'English', fr: 'Français' } as const;
export type Language = keyof typeof LANGUAGES;

/** A text of the language in use, its `{names}` filled in; a number also chooses the plural by `n`. */
export type Translate = <K extends TextKey>(key: K, ...values: TextValues<K>) => string;

/** The language of the page: as chosen, or else as the browser asks. */
export class LanguageChoice {
  readonly choice = preference<Language>('language', ['en', 'fr'], preferred());
  /** In which zone times are shown. */
  readonly zone = preference<'local' | 'utc'>('zone', ['local', 'utc'], 'local');
  readonly #texts = signal<{ readonly language: Language; readonly texts: Texts }>({
    language: 'en',
    texts: en,
  });
  readonly format = computed(
    () => new Format(localeOf(this.#texts.value.language), this.zone.value === 'utc' ? 'UTC' : undefined),
  );
  readonly t = computed<Translate>(() => translator(this.#texts.value.texts, this.format.value));

  start(): void {
    mendBrowserLanguage();
    effect(() => {
      document.documentElement.lang = this.#texts.value.language;
    });
    this.choice.subscribe((language) => void this.#load(language));
  }

  async #load(language: Language): Promise<void> {
    const texts = language === 'fr' ? (await import('../texts/fr.js')).fr : en;
    if (this.choice.peek() === language) {
      this.#texts.value = { language, texts };
    }
  }
}

function translator(texts: Texts, format: Format): Translate {
  const rules = new Intl.PluralRules(format.locale);
  return (key, ...[values]) => {
    const given: Readonly<Record<string, string | number>> = values ?? {};
    const text: string | { readonly one: string; readonly other: string } = texts[key];
    const form =
      typeof text === 'string' ? text : rules.select(Number(given['n'])) === 'one' ? text.one : text.other;
    return form.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
      const value = given[name];
      return value === undefined ? whole : typeof value === 'number' ? format.number(value) : value;
    });
  };
}

function preferred(): Language {
  return (
    navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === 'en' || tag === 'fr') ?? 'en'
  );
}

/** With its region, where the browser names one: a Briton writes dates otherwise than an American. */
function localeOf(language: Language): string {
  return browserLocales().find((tag) => tag.slice(0, 2) === language) ?? language;
}

import { computed, effect, signal } from '@preact/signals';
import { en, type TextKey, type Texts, type TextValues } from '../texts/en.js';
import { Format } from './format.js';
import { browserLocales, mendBrowserLanguage } from './locale.js';
import { preference } from './preference.js';

/** A language is a file of `texts/`, a name here, and the line below that loads it. */
export const LANGUAGES = { en: 'English', fr: 'Français', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const CODES = Object.keys(LANGUAGES) as readonly Language[];

/** English is part of the page; the others are loaded once somebody wants them. */
const LOAD: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Texts>>> = {
  fr: async () => (await import('../texts/fr.js')).fr,
  de: async () => (await import('../texts/de.json')).default,
};

/** A text of the language in use, its `{names}` filled in; a number also chooses the plural by `n`. */
export type Translate = <K extends TextKey>(key: K, ...values: TextValues<K>) => string;

/** The language of the page: as chosen, or else as the browser asks. */
export class LanguageChoice {
  readonly choice = preference<Language>('language', CODES, preferred());
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
    const texts = language === 'en' ? en : await LOAD[language]();
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
  for (const tag of navigator.languages) {
    const code = CODES.find((one) => one === tag.slice(0, 2));
    if (code !== undefined) {
      return code;
    }
  }
  return 'en';
}

/** With its region, where the browser names one: a Briton writes dates otherwise than an American. */
function localeOf(language: Language): string {
  return browserLocales().find((tag) => tag.slice(0, 2) === language) ?? language;
}

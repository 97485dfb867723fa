/** What the browser asks for, as far as Intl takes it: some systems hand on the name of their locale, `en-US@posix`. */
export const browserLocales = (): readonly string[] => navigator.languages.filter(isLocale);

/** What draws the charts asks Intl for the language of the browser by itself, and would not load where that is none. */
export function mendBrowserLanguage(): void {
  if (!isLocale(navigator.language)) {
    Object.defineProperty(navigator, 'language', { value: browserLocales()[0] ?? 'en' });
  }
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

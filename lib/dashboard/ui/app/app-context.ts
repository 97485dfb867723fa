import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { App } from './app.js';
import type { Format } from './format.js';
import type { Translate } from './language.js';

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) {
    throw new Error('A component stands outside of <AppContext>.');
  }
  return app;
}

/** The words and the numbers of the language in use; the component is drawn again when another is chosen. */
export function useTexts(): { readonly t: Translate; readonly format: Format } {
  const { language } = useApp();
  return { t: language.t.value, format: language.format.value };
}

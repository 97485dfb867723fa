import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { en } from '../../../lib/dashboard/ui/texts/en.js';
import { fr } from '../../../lib/dashboard/ui/texts/fr.js';

type Text = string | { readonly one: string; readonly other: string };

const german = readFileSync(join(import.meta.dirname, '../../../lib/dashboard/ui/texts/de.json'), 'utf8');
const languages: readonly (readonly [string, Readonly<Record<string, Text>>])[] = [
  ['French', fr],
  ['German', JSON.parse(german) as Record<string, Text>],
];
const forms = (text: Text | undefined): string[] =>
  text === undefined ? [] : typeof text === 'string' ? [text] : [text.one, text.other];
/** What is filled in; a plural may leave out its number. */
const namesOf = (text: Text | undefined): string[] =>
  [...new Set(forms(text).flatMap((form) => form.match(/\{\w+\}/g) ?? []))]
    .filter((name) => name !== '{n}')
    .sort();

describe.each(languages)('%s', (_, texts) => {
  const english: Readonly<Record<string, Text>> = en;

  it('has each text of the page, and no other', () => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort());
  });

  it('has plurals where English has them, and the same to be filled in', () => {
    const shape = (text: Text | undefined) => [typeof text, namesOf(text)];
    const differing = Object.keys(english).filter(
      (key) => JSON.stringify(shape(texts[key])) !== JSON.stringify(shape(english[key])),
    );
    expect(differing).toEqual([]);
  });

  it('has no empty text', () => {
    const empty = Object.entries(texts).filter(([, text]) => forms(text).some((form) => form.trim() === ''));
    expect(empty).toEqual([]);
  });
});

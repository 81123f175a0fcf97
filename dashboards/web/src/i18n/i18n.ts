import i18next from 'i18next';
import type { texts } from './german/german.ts';
import { translateSentence } from './sentence.ts';

/** A language's code, and its own name for itself. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = 'millwright.language';
/** Tests of single functions run without a browser. */
const isBrowser = typeof document !== 'undefined';
const wanted = isBrowser ? [localStorage.getItem(KEPT) ?? '', ...navigator.languages] : [];

/** The language that the reader chose, otherwise the first of the browser's that the page has. */
export const language: Language = languageOf(wanted);

/** With the reader's region, so that dates are written as at home. */
export const locale = wanted.find((tag) => tag.startsWith(`${language}-`)) ?? language;

export function languageOf(tags: readonly string[]): Language {
  return tags.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag): tag is Language => tag in LANGUAGES) ?? 'en';
}

/** Texts are looked up once, when the page starts: another language starts it anew. */
export function choose(chosen: Language): void {
  localStorage.setItem(KEPT, chosen);
  location.reload();
}

/** A text of the page without the ending that tells its plural forms apart. */
type Base<T extends string> = T extends `${infer Text}_${'one' | 'other' | 'order' | 'hierarchy' | 'number' | 'line'}`
  ? Text
  : T;
export type Text = Base<keyof typeof texts & string>;

const inGerman = language === 'de' ? await import('./german/german.ts') : null;

// The English text is the key, so that only its singular forms need an entry.
await i18next.init({
  lng: language,
  resources: {
    en: { translation: (await import('./english.ts')).english },
    ...(inGerman && { de: { translation: inGerman.german } }),
  },
  keySeparator: false,
  nsSeparator: false,
  // Texts are rendered as text: nothing in them is markup.
  interpolation: { escapeValue: false },
});
if (isBrowser) document.documentElement.lang = language;

/** A text of the page in the reader's language. */
export const t = (text: Text, values?: Record<string, unknown>): string => i18next.t(text, values);

/** A code of the interface, such as a fault, in the reader's language; an unknown one as it is. */
export function term(code: string): string {
  const text = code.replaceAll('_', ' ');
  return i18next.exists(text) ? i18next.t(text) : text;
}

/** A sentence that an edge or the gateway wrote in English, in the reader's language; an unknown one as it is. */
export const sentence = (text: string): string =>
  (inGerman && translateSentence(text, inGerman.sentences, term)) ?? text;

import i18next from 'i18next';
import type { texts } from './german/german.ts';
import { translateSentence } from './sentence.ts';

/** Language codes, with each language's own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = 'millwright.language';
/** Unit tests run without a browser. */
const isBrowser = typeof document !== 'undefined';
const preferred = isBrowser ? [localStorage.getItem(KEPT) ?? '', ...navigator.languages] : [];

/** The user's choice, otherwise the first of the browser's languages that the page supports. */
export const language: Language = languageOf(preferred);

/** Includes the user's region, for its date format. */
export const locale = preferred.find((tag) => tag.startsWith(`${language}-`)) ?? language;

export function languageOf(tags: readonly string[]): Language {
  return tags.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag): tag is Language => tag in LANGUAGES) ?? 'en';
}

/** Texts are looked up once, at start-up: another language reloads the page. */
export function choose(chosen: Language): void {
  localStorage.setItem(KEPT, chosen);
  location.reload();
}

/** A text of the page without the suffix of its plural forms. */
type Base<T extends string> = T extends `${infer Text}_${'one' | 'other' | 'order' | 'hierarchy' | 'number' | 'line'}`
  ? Text
  : T;
export type Text = Base<keyof typeof texts & string>;

const inGerman = language === 'de' ? await import('./german/german.ts') : null;

// The English text is the key, so that only singular forms need an entry.
await i18next.init({
  lng: language,
  resources: {
    en: { translation: (await import('./english.ts')).english },
    ...(inGerman && { de: { translation: inGerman.german } }),
  },
  keySeparator: false,
  nsSeparator: false,
  // Texts are rendered as text, never as markup.
  interpolation: { escapeValue: false },
});
if (isBrowser) document.documentElement.lang = language;

/** A text of the page in the reader's language. */
export const t = (text: Text, values?: Record<string, unknown>): string => i18next.t(text, values);

/** A code of the interface, such as a fault, in the reader's language; unknown codes are unchanged. */
export function term(code: string): string {
  const text = code.replaceAll('_', ' ');
  return i18next.exists(text) ? i18next.t(text) : text;
}

/** A sentence of an edge or the gateway, in the reader's language; unknown sentences stay English. */
export const sentence = (text: string): string =>
  (inGerman && translateSentence(text, inGerman.sentences, term)) ?? text;

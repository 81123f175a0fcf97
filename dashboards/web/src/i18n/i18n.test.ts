import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { damageSchema, faultSchema } from '#models/contracts/alert.ts';
import { roles } from '#models/contracts/identity.ts';
import { english } from './english.ts';
import { german, terms, texts } from './german/german.ts';
import { languageOf } from './i18n.ts';
import { sourceTexts, textsOf } from './sourceTexts.ts';
import { NOT_TRANSLATED } from './untranslated.ts';

const sources = sourceTexts(fileURLToPath(new URL('..', import.meta.url)));
const used = new Set([...sources.values()].flatMap(({ translated }) => translated));
const baseOf = (key: string) => key.replace(/_(one|other|order|hierarchy|number|line)$/, '');
const valuesIn = (text: string) => new Set(text.match(/\{\{\w+\}\}/g));

test('every text of the page has a German translation, and none is unused', () => {
  const known = new Set(Object.keys(texts).map(baseOf));
  expect([...used].filter((text) => !known.has(text))).toEqual([]);
  expect([...known].filter((text) => !used.has(text))).toEqual([]);
});

test('a translation inserts the same values as the text, and both forms of a plural exist', () => {
  for (const [key, text] of [...Object.entries(texts), ...Object.entries(english)])
    expect(valuesIn(text), key).toEqual(valuesIn(baseOf(key)));
  for (const key of Object.keys(texts).filter((k) => k.endsWith('_one')))
    expect(Object.keys(texts)).toContain(`${baseOf(key)}_other`);
});

test('no source of the page shows an untranslated literal', () => {
  const shown = [...sources].flatMap(([file, { literal }]) =>
    literal.filter((text) => !NOT_TRANSLATED.some((known) => known.test(text))).map((text) => `${file}: ${text}`),
  );
  expect(shown).toEqual([]);
});

test('literal texts are found only where they would be shown', () => {
  const source = `
    const label = loading ? 'Please wait' : t('Done');
    const view = <p class="quiet" title="A tip">Hello {name}{t('{{n}} days', { n })}<b>{\`\${n} left\`}</b></p>;
    if (state === 'open') fetchIt();`;
  expect(textsOf('view.tsx', source)).toEqual({
    translated: ['Done', '{{n}} days'],
    literal: ['Please wait', 'A tip', 'Hello', 'left'],
  });
});

test('every fault, damage and role has a German name', () => {
  const codes = [...faultSchema.options, ...damageSchema.options, ...roles];
  expect(codes.map((code) => code.replaceAll('_', ' ')).filter((code) => !(code in terms))).toEqual([]);
  expect(german['outer race']).toBe('Außenringschaden');
});

test('the language is the first preferred one that the page supports', () => {
  expect(languageOf(['fr-FR', 'de-AT', 'en'])).toBe('de');
  expect(languageOf(['', 'en-GB', 'de'])).toBe('en');
  expect(languageOf(['fr'])).toBe('en');
});

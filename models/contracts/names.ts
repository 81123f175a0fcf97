import { z } from 'zod';

const MOST = 64;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** A name that is safe in a topic, a file name, a tag and an address: letters, digits, `-`, `_` and `.`. */
export const nameSchema = z
  .string()
  .min(1)
  .max(MOST)
  .regex(NAME, 'letters, digits, ".", "_" and "-", beginning with a letter or a digit');

/** A name in which `*` matches any characters. */
export const namePatternSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9._*-]+$/, 'a name, or a pattern such as pump-*');

const MAX_DISPLAYED = 200;
/** Control characters, and bidirectional formatting marks. */
const UNSAFE_SHOWN = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** A name as people write it, in any script; shown next to the id, never part of a topic or a key. */
export const displayNameSchema = z
  .string()
  .trim()
  .min(1)
  .refine((text) => [...text].length <= MAX_DISPLAYED, { message: `at most ${MAX_DISPLAYED} characters` })
  .refine((text) => !UNSAFE_SHOWN.test(text), { message: 'no control characters' });

/** Whether a text from the wire may be used as the name of an asset or a point. */
export function isName(text: string): boolean {
  return text.length <= MOST && NAME.test(text);
}

/** Letters without a Unicode decomposition. */
const LETTERS: Record<string, string> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
};

/**
 * Derives a name from any text. A valid name is unchanged; otherwise German umlauts and ligatures are written out,
 * accents dropped, and each run of other characters becomes `-`. Since several texts may become the same, `.` and four
 * hexadecimal digits of the text's FNV-1a hash follow: eight if the text is cut off or has letters of another script,
 * as only the hash distinguishes it then. Null for a text without content.
 */
export function safeName(text: string): string | null {
  if (isName(text)) return text;
  if (text.trim() === '' || text.length > 1000) return null;
  const latin = text
    .replace(/[äöüßøæœłđ]/gi, (c) => (c === c.toLowerCase() ? LETTERS[c] : capital(LETTERS[c.toLowerCase()])))
    .normalize('NFKD');
  const written = latin.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+|-+$/g, '');
  const digits = written.length > MOST - 5 || OTHER_SCRIPT.test(latin) ? 8 : 4;
  return `${(written || 'name').slice(0, MOST - 1 - digits)}.${hashOf(text, digits)}`;
}

/** A non-ASCII letter or digit. */
const OTHER_SCRIPT = /[^\P{Alphabetic}\p{ASCII}\p{M}]|[^\P{N}\p{ASCII}]/u;

const capital = (letters: string) => letters[0].toUpperCase() + letters.slice(1);

function hashOf(text: string, digits: 4 | 8): string {
  let hash = 0x811c9dc5;
  for (const c of text) hash = Math.imul(hash ^ (c.codePointAt(0) as number), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0').slice(-digits);
}

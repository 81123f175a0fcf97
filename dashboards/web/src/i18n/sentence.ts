/** Translations by sentence pattern: `#` is a number, `@` a part of the bearing, in the order of the sentence. */
export interface SentencePatterns {
  patterns: Readonly<Record<string, string>>;
  /** Parts of the bearing, as named in sentences. */
  parts: Readonly<Record<string, string>>;
  for: string;
  against: string;
  next: string;
}

const NUMBER = /\d+(?:\.\d+)?/g;

/**
 * A sentence in another language; null if its pattern is unknown. Numbers are those of the sentence, with a decimal
 * comma. Pure.
 * @param termOf the name of a fault's code.
 */
export function translateSentence(
  text: string,
  language: SentencePatterns,
  termOf: (code: string) => string,
): string | null {
  const rule = /^([a-z_]+), (for|against): (.+)$/.exec(text);
  if (rule) {
    const rest = translateSentence(rule[3], language, termOf);
    return rest === null ? null : `${termOf(rule[1])}, ${rule[2] === 'for' ? language.for : language.against}: ${rest}`;
  }
  if (text.startsWith('next: ')) {
    const rest = translateSentence(text.slice(6), language, termOf);
    return rest === null ? null : `${language.next}: ${rest}`;
  }
  const parts: string[] = [];
  const anyPart = new RegExp(Object.keys(language.parts).map(literally).join('|'), 'g');
  const withoutParts = text.replace(anyPart, (part) => {
    parts.push(language.parts[part]);
    return '@';
  });
  const numbers = withoutParts.match(NUMBER) ?? [];
  const pattern = language.patterns[withoutParts.replace(NUMBER, '#')];
  if (pattern === undefined) return null;
  return pattern.replace(/#/g, () => numbers.shift()?.replace('.', ',') ?? '').replace(/@/g, () => parts.shift() ?? '');
}

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

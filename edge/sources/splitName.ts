import { z } from 'zod';

const PLACEHOLDER = /\{([A-Za-z][A-Za-z0-9]*)\}|\*/g;

/** `{name}` and `*` with separators between them; two adjacent ones would be ambiguous. */
const isPattern = (text: string): boolean => {
  const names = namesIn(text);
  return names.length > 0 && new Set(names).size === names.length && !/[}*][{*]/.test(text);
};

/** The names in braces. */
const namesIn = (pattern: string): string[] =>
  [...pattern.matchAll(PLACEHOLDER)].flatMap(([, name]) => (name === undefined ? [] : [name]));

export const splitSchema = z.strictObject({
  /** Source of the text: a path, or a level of the topic as `{level}`. */
  path: z.string().min(1),
  /** As `*.{asset}.{point}`: each part ends at the first occurrence of its separator, and the last has the rest. */
  pattern: z.string().refine(isPattern, {
    message:
      'names in braces, each once, and * for parts of no interest, with a sign between two, as *.{asset}.{point}',
  }),
});
export type Split = z.infer<typeof splitSchema>;

/** The text before the first part, and each part with its separator; a part without a name is ignored. */
interface Parts {
  before: string;
  parts: { name: string | undefined; behind: string }[];
}
const known = new Map<string, Parts>();

function partsOf(pattern: string): Parts {
  const before = known.get(pattern);
  if (before !== undefined) return before;
  const matches = [...pattern.matchAll(PLACEHOLDER)];
  const ends = [...matches.slice(1).map(({ index }) => index), pattern.length];
  const parts = {
    before: pattern.slice(0, matches[0].index),
    parts: matches.map((m, i) => ({ name: m[1], behind: pattern.slice(m.index + m[0].length, ends[i]) })),
  };
  known.set(pattern, parts);
  return parts;
}

/** Whether a pattern has a part of that name. */
export const hasPart = ({ pattern }: Split, name: string): boolean =>
  partsOf(pattern).parts.some((part) => part.name === name);

/** Captures of a pattern in a text; null if it does not match. */
export function splitName(text: string, { pattern }: Split): Record<string, string> | null {
  const { before, parts } = partsOf(pattern);
  if (!text.startsWith(before)) return null;
  const named: Record<string, string> = {};
  let at = before.length;
  for (const [i, { name, behind }] of parts.entries()) {
    const isLast = i === parts.length - 1;
    // A part has at least one character.
    const end = isLast ? text.length - behind.length : text.indexOf(behind, at + 1);
    if (end <= at || (isLast && !text.endsWith(behind))) return null;
    if (name !== undefined) named[name] = text.slice(at, end);
    at = end + behind.length;
  }
  return named;
}

/** Levels of a path: a pattern for one name, or `rest` for any number of names. */
export type PathPattern = readonly (RegExp | 'rest')[];

/** A node between the selection's start and a variable. */
export interface PathLevel {
  name: string;
  /** Node id of its type definition. */
  typeId: string;
}

const LEVEL = /^(?:\+|#|(?:[^{}#+]|\{[A-Za-z][A-Za-z0-9]*\})+)$/;
const CAPTURE = /\{([A-Za-z][A-Za-z0-9]*)\}/g;

/**
 * Parses a pattern such as `{asset}/Monitoring/Vib*`: `{…}` and `*` match characters of one browse name, `+` a whole
 * name, and one `#` any number of names. Null for any other text.
 */
export function parsePathPattern(text: string): PathPattern | null {
  const levels = text.split('/');
  const captures = capturesOf(text);
  const isOne = levels.filter((level) => level === '#').length <= 1;
  if (!isOne || new Set(captures).size < captures.length || !levels.every((level) => LEVEL.test(level))) return null;
  return levels.map((level) => (level === '#' ? 'rest' : patternOf(level)));
}

/** The names in braces. */
export const capturesOf = (text: string): string[] => [...text.matchAll(CAPTURE)].map(([, name]) => name);

function patternOf(level: string): RegExp {
  const parts = level.split(/(\{[^}]+\}|\*|^\+$)/).map((part) => {
    if (part === '*') return '.*';
    if (part === '+') return '.+';
    return part.startsWith('{') ? `(?<${part.slice(1, -1)}>.+)` : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

/**
 * Captures of the pattern's braces in a path, with the names of `#` as `rest`; null if the path does not match.
 * @param fits whether a brace's node is of the type that its selection requires.
 */
export function matchPath(
  pattern: PathPattern,
  path: readonly PathLevel[],
  fits: (capture: string, level: PathLevel) => boolean,
): Record<string, string> | null {
  const match = (p: number, i: number): Record<string, string> | null => {
    if (p === pattern.length) return i === path.length ? {} : null;
    const level = pattern[p];
    if (level === 'rest') {
      for (let end = i; end <= path.length; end++) {
        const after = match(p + 1, end);
        if (after) return { ...after, rest: namesOf(path.slice(i, end)).join('.') };
      }
      return null;
    }
    const groups = i < path.length ? level.exec(path[i].name) : null;
    if (!groups || !Object.keys(groups.groups ?? {}).every((capture) => fits(capture, path[i]))) return null;
    const after = match(p + 1, i + 1);
    return after && { ...groups.groups, ...after };
  };
  return match(0, 0);
}

const namesOf = (path: readonly PathLevel[]) => path.map(({ name }) => name);

/** Whether a path that begins with these names may match. */
export function mayContinue(pattern: PathPattern, names: readonly string[]): boolean {
  const may = (p: number, i: number): boolean => {
    if (p === pattern.length) return false;
    if (i === names.length || pattern[p] === 'rest') return true;
    return (pattern[p] as RegExp).test(names[i]) && may(p + 1, i + 1);
  };
  return may(0, 0);
}

import { readPath } from './readPath.ts';

/** A value of a message with its enclosing elements. */
export interface Entry {
  /** From the message down to the value. */
  chain: readonly unknown[];
  /** Keys, or indices, of the elements matched by each `*`, the outermost first. */
  keys: readonly string[];
}

/** Reads a path relative to one value. */
export type Reader = (path: string) => unknown;

/** Limit on elements per message: a small payload must not make millions of arrivals. */
const MAX_ENTRIES = 100_000;

/**
 * The elements of the array, or entries of the object, at `path`, in which each `*` matches all elements, too; null if
 * there is none.
 */
export function entriesAt(message: unknown, path: string): Entry[] | null {
  const keys = path === '' ? [] : path.split('.');
  let found: Entry[] = [{ chain: [message], keys: [] }];
  for (const key of [...keys, '*']) {
    found = found.flatMap((entry) => (key === '*' ? expanded(entry) : below(entry, key)));
    if (found.length > MAX_ENTRIES) return null;
  }
  return found.length > 0 || isEmptyAt(message, path) ? found : null;
}

function isEmptyAt(message: unknown, path: string): boolean {
  const at = readPath(message, path);
  return typeof at === 'object' && at !== null && Object.keys(at).length === 0;
}

function expanded({ chain, keys }: Entry): Entry[] {
  const value = chain[chain.length - 1];
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).map(([key, one]) => ({ chain: [...chain, one], keys: [...keys, key] }));
}

function below({ chain, keys }: Entry, key: string): Entry[] {
  const value = chain[chain.length - 1];
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return [];
  return [{ chain: [...chain, (value as Record<string, unknown>)[key]], keys }];
}

/** As in `^.^.names.$key`: the element of another array, or object, with the same key. */
const KEY_WITHIN = /(?<=\.)\$key(?=\.|$)/g;
const TEMPLATE = /\{([^{}]+)\}/g;

/**
 * Resolves paths relative to an entry: `^` goes out by one level, `$key` is the entry's key, alone or as part of a
 * path, `$1` that of the first `*`, and `{level}` a level of the topic. Text with several such parts, as `{$1}-{name}`,
 * is composed. Of several paths, as `a | b`, the first with a value counts.
 */
export function readerOf({ chain, keys }: Entry, levels: Readonly<Record<string, string>> = {}): Reader {
  const read: Reader = (path) => {
    if (path.includes(OR)) return firstOf(path.split(OR), read);
    if (path === '$key') return keys[keys.length - 1];
    if (/^\$\d$/.test(path)) return keys[Number(path[1]) - 1];
    if (path.includes('{')) return filled(path, (name) => (Object.hasOwn(levels, name) ? levels[name] : read(name)));
    let at = chain.length - 1;
    let rest = path.includes('$key') ? path.replace(KEY_WITHIN, () => keys[keys.length - 1]) : path;
    for (; rest === '^' || rest.startsWith('^.'); rest = rest.slice(2)) at--;
    return at < 0 ? undefined : readPath(chain[at], rest);
  };
  return read;
}

const OR = ' | ';

/** The value at the first path that has one. */
function firstOf(paths: readonly string[], read: Reader): unknown {
  for (const path of paths) {
    const found = read(path);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

/** Undefined if a part is missing. */
export function filled(template: string, partAt: (name: string) => unknown): string | undefined {
  let complete = true;
  const text = template.replace(TEMPLATE, (_, name: string) => {
    const part = partAt(name);
    complete &&= typeof part === 'string' || typeof part === 'number';
    return String(part);
  });
  return complete ? text : undefined;
}

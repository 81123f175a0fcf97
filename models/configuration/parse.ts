import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import type { z } from 'zod';
import { nearest } from './nearest.ts';

/** One configuration error: where, what was found, what is allowed. */
export interface ConfigurationError {
  line: number | null;
  path: string;
  found: string;
  allowed: string;
}

export type ParsedConfiguration<T> = { ok: true; value: T } | { ok: false; errors: ConfigurationError[] };

/** For files that people outside the plant may have written: aliases multiply the work of validation. */
export const NO_ALIASES = 0;
/** A plant's machines may all refer to one description; a file that expands excessively is refused. */
const MAX_ALIASES = 100_000;

const notYaml = (line: number | null, found: string, why?: string): ConfigurationError => ({
  line,
  path: '',
  found,
  allowed: why === undefined ? 'YAML 1.2' : `YAML 1.2: ${why}`,
});

/** Lists the valid names in the message on an invalid one. */
const withNames: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'unrecognized_keys'
    ? Object.keys((issue.inst as z.core.$ZodObject | undefined)?._zod.def.shape ?? {}).join(' ')
    : undefined;

/**
 * Parses a YAML text against a schema; all errors at once. `environment` overrides single values: with the prefix
 * `MILLWRIGHT_EDGE`, the variable `MILLWRIGHT_EDGE__HTTP__PORT` sets `http.port` (names are compared without case).
 */
export function parseConfiguration<T>(
  text: string,
  schema: z.ZodType<T>,
  environment: Readonly<Record<string, string | undefined>> = {},
  prefix = '',
  mostAliases = MAX_ALIASES,
): ParsedConfiguration<T> {
  const lines = new LineCounter();
  // A device id such as 24E1 or 0102 is a key as written, not a number.
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true });
  const errors = document.errors.map(({ linePos, message }) => {
    const line = linePos?.[0].line ?? null;
    const found = line === null ? null : text.split('\n')[line - 1]?.trim();
    return notYaml(line, show(found || undefined), message.split(/ at line \d/)[0]);
  });
  // A duplicate name leaves the rest of the file readable.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { ok: false, errors };
  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: mostAliases }) ?? {};
  } catch (error) {
    return { ok: false, errors: [...errors, notYaml(null, String(error))] };
  }
  const value = overridden(plain, environment, prefix);
  const result = schema.safeParse(value, { error: withNames });
  if (result.success && errors.length === 0) return { ok: true, value: result.data };
  for (const { path, allowed, names } of (result.error?.issues ?? []).flatMap((issue) => flatten(issue, []))) {
    const found = valueAt(value, path);
    const meant = nearest(names.isKey ? String(path.at(-1)) : String(found ?? ''), names.all);
    errors.push({
      line: lineOf(document.contents as Node | null, path, lines),
      path: path.join('.') || '(the whole file)',
      found: show(found),
      allowed: meant === null ? allowed : `${allowed}; did you mean ${meant}?`,
    });
  }
  return { ok: false, errors: errors.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

/** `12: sources.0.url: found 5; allowed: string` */
export function formatError(error: ConfigurationError, file: string): string {
  const place = error.line === null ? file : `${file}:${error.line}`;
  return `${place}: ${error.path}${error.path ? ': ' : ''}found ${error.found}; allowed: ${error.allowed}`;
}

type Path = (string | number)[];

interface Fault {
  path: Path;
  allowed: string;
  /** Valid names of the setting, or of its value. */
  names: { all: readonly string[]; isKey: boolean };
}

function flatten(issue: z.core.$ZodIssue, base: Path): Fault[] {
  const path = [...base, ...(issue.path as Path)];
  if (issue.code === 'unrecognized_keys') {
    const names = { all: issue.message.split(' '), isKey: true };
    return issue.keys.map((key) => ({ path: [...path, key], allowed: 'no such setting here', names }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nested = issue.errors.map((branch) => branch.flatMap((inner) => flatten(inner as z.core.$ZodIssue, path)));
    const shared = nested.every((branch) => branch.length === 1 && branch[0].path.length === path.length);
    if (shared) {
      const all = nested.flatMap((branch) => branch[0].names.all);
      return [{ path, allowed: nested.map((b) => b[0].allowed).join(', or '), names: { all, isKey: false } }];
    }
    return nested.reduce((best, branch) => (branch.length < best.length ? branch : best));
  }
  const all = optionsOf(issue);
  return [{ path, allowed: all.length > 0 ? all.join(' | ') : allowedBy(issue), names: { all, isKey: false } }];
}

/** Allowed values of the setting. */
function optionsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
}

function allowedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((v, key) => (v as Record<string, unknown> | null | undefined)?.[key], value);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The line of the deepest part of `path` in the file: for a missing setting, that of its parent. */
function lineOf(root: Node | null, path: Path, lines: LineCounter): number | null {
  let node: unknown = root;
  let offset = (root as Node | null)?.range?.[0] ?? null;
  for (const key of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find((p) => isScalar(p.key) && String(p.key.value) === String(key));
      if (!pair) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && node.items[Number(key)]) {
      node = node.items[Number(key)];
      offset = (node as Node).range?.[0] ?? offset;
    } else break;
  }
  return offset === null ? null : lines.linePos(offset).line;
}

function overridden(
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  prefix: string,
): unknown {
  if (!prefix) return value;
  const copy = structuredClone(value ?? {});
  for (const [name, text] of Object.entries(environment)) {
    if (text === undefined || !name.startsWith(`${prefix}__`)) continue;
    setAt(copy as Record<string, unknown>, name.slice(prefix.length + 2).split('__'), scalarOf(text));
  }
  return copy;
}

function scalarOf(text: string): unknown {
  const parsed: unknown = parseDocument(text).toJS();
  return typeof parsed === 'object' ? text : parsed;
}

function setAt(target: Record<string, unknown>, path: string[], value: unknown): void {
  const [head, ...rest] = path;
  // HTTP_PORT and httpPort name the same setting, as environment variables are upper case.
  const fold = (s: string) => s.replaceAll('_', '').toLowerCase();
  const key = Object.keys(target).find((k) => fold(k) === fold(head)) ?? camel(head);
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  if (typeof target[key] !== 'object' || target[key] === null) target[key] = {};
  setAt(target[key] as Record<string, unknown>, rest, value);
}

function camel(name: string): string {
  return name.toLowerCase().replace(/_([a-z0-9])/g, (_, c: string) => c.toUpperCase());
}

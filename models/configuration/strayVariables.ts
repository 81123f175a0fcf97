import type { z } from 'zod';
import { nearest } from './nearest.ts';

/** Most words in a name: each may be a setting's own or a part of one. */
const MAX_WORDS = 8;

/**
 * Environment variables that look like settings but are not, with the probable setting: `MILLWRIGHT_EDGE_HTTP__PORT` is
 * `MILLWRIGHT_EDGE__HTTP__PORT`. Others with the prefix (those of a container's environment) are ignored. Pure.
 */
export function strayVariables(
  environment: Readonly<Record<string, string | undefined>>,
  prefix: string,
  schema: z.ZodType,
): string[] {
  return Object.keys(environment).flatMap((name) => {
    if (name.startsWith(`${prefix}__`)) return [];
    const meant = name.startsWith(`${prefix}_`) ? withPrefix(name, prefix, schema) : withOtherPrefix(name, prefix);
    return meant === null ? [] : [`the variable ${name} sets nothing: did you mean ${meant}?`];
  });
}

/** One underscore too few: the parts of its name that form a setting. */
function withPrefix(name: string, prefix: string, schema: z.ZodType): string | null {
  const words = name.slice(prefix.length + 1).split(/_+/);
  if (words.length > MAX_WORDS) return null;
  for (let joints = 0; joints < 2 ** (words.length - 1); joints++) {
    const rest = words.map((word, i) => (i === 0 ? '' : joints & (1 << (i - 1)) ? '_' : '__') + word).join('');
    if (isSetting(schema, rest.split('__'))) return `${prefix}__${rest}`;
  }
  return null;
}

/** Two underscores after a misspelt prefix. */
function withOtherPrefix(name: string, prefix: string): string | null {
  const at = name.indexOf('__');
  const isClose = at > 0 && nearest(name.slice(0, at), [prefix]) !== null;
  return isClose ? `${prefix}${name.slice(at)}` : null;
}

const fold = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** Whether a schema has a setting at a path, compared without case and underscores. */
function isSetting(schema: z.ZodType, [head, ...rest]: readonly string[]): boolean {
  if (head === undefined) return true;
  const def = (schema as unknown as { _zod: { def: Definition } })._zod.def;
  if (def.shape !== undefined) {
    const key = Object.keys(def.shape).find((own) => fold(own) === fold(head));
    return key !== undefined && isSetting(def.shape[key], rest);
  }
  if (def.options !== undefined) return def.options.some((option) => isSetting(option, [head, ...rest]));
  if (def.element !== undefined) return /^\d+$/.test(head) && isSetting(def.element, rest);
  if (def.valueType !== undefined) return isSetting(def.valueType, rest);
  const inner = def.innerType ?? def.in;
  return inner !== undefined && isSetting(inner, [head, ...rest]);
}

/** The part of zod's definitions that leads to nested settings. */
interface Definition {
  shape?: Record<string, z.ZodType>;
  options?: readonly z.ZodType[];
  element?: z.ZodType;
  valueType?: z.ZodType;
  innerType?: z.ZodType;
  in?: z.ZodType;
}

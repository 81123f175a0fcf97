/** Texts and objects whose strings contain fields such as `{asset}`. */
export type Template = string | number | boolean | null | readonly Template[] | { readonly [key: string]: Template };

const FIELD = /\{(\w+)\}/g;

/**
 * Fills in a template. A string that consists of a single field gets the field's value with its type, so that a number
 * remains a number; within a longer string, null becomes empty. A field without a value is unchanged. Pure.
 */
export function fillTemplate(template: Template, values: Readonly<Record<string, Template>>): Template {
  if (typeof template === 'string') {
    const [whole, name] = /^\{(\w+)\}$/.exec(template) ?? [];
    if (whole !== undefined) return Object.hasOwn(values, name) ? values[name] : template;
    return template.replace(FIELD, (text, field: string) =>
      Object.hasOwn(values, field) ? String(values[field] ?? '') : text,
    );
  }
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) return template.map((element) => fillTemplate(element, values));
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillTemplate(value, values)]));
}

/** Fills in an address, escaping each field. Pure. */
export function fillUrl(url: string, values: Readonly<Record<string, string | number>>): string {
  return url.replace(FIELD, (text, field: string) =>
    values[field] === undefined ? text : encodeURIComponent(values[field]),
  );
}

/** Names of a template's fields. Pure. */
export function fieldsOf(template: Template): string[] {
  if (typeof template === 'string') return [...template.matchAll(FIELD)].map(([, name]) => name);
  if (typeof template !== 'object' || template === null) return [];
  return Object.values(template).flatMap(fieldsOf);
}

/** Resolves a JSON pointer (RFC 6901) such as `/d/id`; undefined if nothing is there. Pure. */
export function resolvePointer(value: unknown, pointer: string): unknown {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return keys.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null && Object.hasOwn(part, key) ? Reflect.get(part, key) : undefined,
    value,
  );
}

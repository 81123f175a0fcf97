import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fieldsOf, fillTemplate, fillUrl, resolvePointer, type Template } from '#models/configuration/template.ts';
import { exchangeJson } from '../exchangeJson.ts';

export const httpUrl = z.url({ protocol: /^https?$/, error: 'an address such as https://host/path' });
/** Allows loopback and link-local addresses, including cloud metadata services. */
export const allowLocal = z.boolean().default(false);
/** Location of a value in a JSON response. */
export const pointer = z.string().regex(/^(\/[^/]*)+$/, 'a JSON pointer such as /d/id');

export const knownFields = (allowed: readonly string[]) => (template: Template) =>
  fieldsOf(template).every((field) => allowed.includes(field));

/** How to create a record in a system with a REST interface, by a template with the given fields. */
export function createSchema(fields: readonly string[]) {
  const error = { error: `only the fields ${fields.map((field) => `{${field}}`).join(', ')}` };
  return z.strictObject({
    url: httpUrl.refine(knownFields(fields), error),
    method: z.enum(['POST', 'PUT']).default('POST'),
    /** JSON with fields such as {item} in its texts. */
    body: z.json().refine(knownFields(fields), error),
    /** Location of the record's number in the response. */
    id: pointer,
  });
}

/** How a system with a REST interface is reached. */
export const accessFields = {
  headers: z.record(z.string(), z.string()).default({}),
  /** A file that contains the bearer token. */
  tokenFile: z.string().optional(),
  allowLocal,
};
export interface Access {
  headers: Record<string, string>;
  tokenFile?: string | undefined;
  allowLocal: boolean;
}

export function headersOf({ headers, tokenFile }: Access): Record<string, string> {
  // Read at each attempt, because the secret may change while the gateway runs.
  if (tokenFile === undefined) return headers;
  return { ...headers, authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` };
}

/**
 * Creates a record and returns its number. `key` of the fields marks all attempts of one record.
 * @param system its name in errors, such as `the maintenance system`. @throws Error with the reason.
 */
export async function createByTemplate(
  { create, ...access }: Access & { create: z.infer<ReturnType<typeof createSchema>> },
  fields: Readonly<Record<string, string | number>> & { key: string },
  system: string,
  what: string,
): Promise<string> {
  const answer = await exchangeJson({
    method: create.method,
    url: fillUrl(create.url, fields),
    headers: { ...headersOf(access), 'idempotency-key': fields.key },
    body: JSON.stringify(fillTemplate(create.body, fields)),
    allowLocal: access.allowLocal,
  });
  return textAt(answer, create.id, system, what);
}

/** The text at a location in a JSON response. @throws Error if there is none. */
export function textAt(answer: string, at: string, system: string, what: string): string {
  let content: unknown;
  try {
    content = JSON.parse(answer);
  } catch {
    throw new Error(`${system}'s response is not JSON: ${answer.slice(0, 100)}`);
  }
  const found = resolvePointer(content, at);
  if (typeof found !== 'string' && typeof found !== 'number')
    throw new Error(`${system}'s response has no ${at}, ${what}: ${answer.slice(0, 100)}`);
  return String(found).slice(0, 200);
}

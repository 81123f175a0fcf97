import { z } from 'zod';
import { nameSchema } from '#models/contracts/names.ts';
import { fromBase64, toBase64 } from '#models/inference/base64.ts';
import { parseJson } from '#models/tables/parseJson.ts';

/** Maximum size of a package in transit, in bytes. */
export const MAX_PACKAGE_BYTES = 8 * 1024 * 1024;

export const MODEL_FILE = 'model.json';

export const manifestSchema = z.strictObject({
  format: z.literal('millwright-package'),
  version: z.literal(1),
  name: nameSchema,
  /** Release of the model; each change has a new one. */
  release: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/, 'letters, digits, dots, dashes; at most 40'),
  kind: z.enum(['process', 'life', 'failure']),
  /** What a user should know before trusting the model. */
  card: z.record(z.string(), z.unknown()),
  /** The Millwright that made it: its version, and the hash of its code. */
  code: z.strictObject({ version: z.string(), sha256: z.string() }),
  /** Hash of the training table; null if unknown. */
  dataSha256: z.string().nullable(),
  files: z
    .array(z.strictObject({ name: z.string().min(1).max(100), bytes: z.int().min(0), sha256: z.string() }))
    .min(1)
    .max(20),
});
export type Manifest = z.infer<typeof manifestSchema>;

const packageSchema = z.strictObject({
  /** Exactly this text is signed. Its hash is the package's id; it holds the hashes of the files. */
  manifest: z.string(),
  /** Ed25519, base64; null until the package is signed. */
  signature: z.string().nullable(),
  files: z.record(z.string(), z.base64()),
});

/** An opened package, whose files match its manifest. */
export interface ModelPackage {
  id: string;
  manifest: Manifest;
  manifestText: string;
  signature: string | null;
  files: Map<string, Uint8Array>;
}

/** Packs files. Deterministic: the same inputs give the same package. */
export async function packModel(
  about: Omit<Manifest, 'format' | 'version' | 'files'>,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<ModelPackage> {
  const listed = [];
  for (const [name, bytes] of files) listed.push({ name, bytes: bytes.length, sha256: await sha256(bytes) });
  const manifest: Manifest = { format: 'millwright-package', version: 1, ...about, files: listed };
  const manifestText = JSON.stringify(manifest);
  const id = await sha256(new TextEncoder().encode(manifestText));
  return { id, manifest, manifestText, signature: null, files: new Map(files) };
}

/** A package as text, for a file or a message. */
export function packageText({ manifestText, signature, files }: ModelPackage): string {
  const base64 = [...files].map(([name, bytes]) => [name, toBase64(bytes)] as const);
  return JSON.stringify({ manifest: manifestText, signature, files: Object.fromEntries(base64) });
}

/** @throws Error that states what is wrong: not a package, or a file that does not match its manifest. */
export async function openPackage(text: string): Promise<ModelPackage> {
  if (text.length > MAX_PACKAGE_BYTES) throw new Error(`not a model package: larger than ${MAX_PACKAGE_BYTES} bytes`);
  const outer = packageSchema.safeParse(parseJson(text));
  if (!outer.success) throw new Error(`not a model package: ${issueOf(outer.error)}`);
  const manifest = manifestSchema.safeParse(parseJson(outer.data.manifest));
  if (!manifest.success) throw new Error(`not a model package: manifest: ${issueOf(manifest.error)}`);
  const files = new Map<string, Uint8Array>();
  for (const { name, bytes, sha256: expected } of manifest.data.files) {
    const content = fromBase64(Object.hasOwn(outer.data.files, name) ? outer.data.files[name] : '');
    if (content.length !== bytes || (await sha256(content)) !== expected)
      throw new Error(`the package is damaged: ${name} is not the file that its manifest names`);
    files.set(name, content);
  }
  const id = await sha256(new TextEncoder().encode(outer.data.manifest));
  return { id, manifest: manifest.data, manifestText: outer.data.manifest, signature: outer.data.signature, files };
}

/** @param key Ed25519, PKCS #8 in DER. */
export async function signPackage(opened: ModelPackage, key: Uint8Array): Promise<ModelPackage> {
  const imported = await crypto.subtle.importKey('pkcs8', key as BufferSource, 'Ed25519', false, ['sign']);
  const signature = await crypto.subtle.sign('Ed25519', imported, new TextEncoder().encode(opened.manifestText));
  return { ...opened, signature: toBase64(new Uint8Array(signature)) };
}

/** Whether it is signed with the private key of this public key (Ed25519, SPKI in DER). */
export async function isSigned({ manifestText, signature }: ModelPackage, key: Uint8Array): Promise<boolean> {
  if (signature === null) return false;
  const imported = await crypto.subtle.importKey('spki', key as BufferSource, 'Ed25519', false, ['verify']);
  const text = new TextEncoder().encode(manifestText);
  return crypto.subtle.verify('Ed25519', imported, fromBase64(signature), text);
}

/** Hex. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', bytes as BufferSource);
  return Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, '0')).join('');
}

/** The text of the model file. @throws Error if the package has none. */
export function modelText({ files }: ModelPackage): string {
  const bytes = files.get(MODEL_FILE);
  if (!bytes) throw new Error(`the package has no ${MODEL_FILE}`);
  return new TextDecoder().decode(bytes);
}

function issueOf({ issues: [issue] }: z.ZodError): string {
  return issue.path.length === 0 ? 'it is no JSON' : `${issue.path.join('.')}: ${issue.message}`;
}

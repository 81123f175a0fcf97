import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  isSigned,
  type Manifest,
  MODEL_FILE,
  manifestSchema,
  openPackage,
  packageText,
  packModel,
  sha256,
  signPackage,
} from '#models/packages/modelPackage.ts';

const KINDS: Record<string, Manifest['kind']> = {
  'millwright-process': 'process',
  'millwright-life': 'life',
  'millwright-failure': 'failure',
};

export interface PackOptions {
  name: string;
  release: string;
  out: string;
  key?: string;
  data?: string;
  version: string;
  /** The built command, whose code hash is part of the package. */
  commandFile: string;
}

/** Packs a model directory written by `train`; returns the package id. @throws Error if it is missing or unreadable. */
export async function packDirectory(directory: string, options: PackOptions): Promise<string> {
  const model = readFileSync(join(directory, MODEL_FILE));
  const { format, card } = JSON.parse(model.toString('utf8')) as { format?: string; card?: Manifest['card'] };
  const kind = KINDS[format ?? ''];
  if (!kind || !card) throw new Error(`${join(directory, MODEL_FILE)} is not a model written by train`);
  const { version, commandFile, data } = options;
  const [name, release] = [nameOf('--name', options.name), nameOf('--release', options.release)];
  const packed = await packModel(
    {
      name,
      release,
      kind,
      card,
      code: { version, sha256: await codeHash(commandFile) },
      dataSha256: data === undefined ? null : await sha256(readFileSync(data)),
    },
    new Map([[MODEL_FILE, new Uint8Array(model)]]),
  );
  const { key } = options;
  const signed =
    key === undefined
      ? packed
      : await signPackage(packed, keyOf(key, createPrivateKey).export({ format: 'der', type: 'pkcs8' }));
  writeFileSync(options.out, packageText(signed));
  return packed.id;
}

type ShownPackage = Manifest & { id: string; signed: boolean; signedByKey?: boolean };

/** @throws Error if the text is not a package. */
export async function showPackage(file: string, key: string | undefined): Promise<ShownPackage> {
  const opened = await openPackage(readFileSync(file, 'utf8'));
  const trusted =
    key !== undefined && (await isSigned(opened, keyOf(key, createPublicKey).export({ format: 'der', type: 'spki' })));
  const { id, manifest, signature } = opened;
  return { id, ...manifest, signed: signature !== null, ...(key === undefined ? {} : { signedByKey: trusted }) };
}

/** @throws Error if the file does not contain such a key. */
function keyOf(file: string, read: (pem: Buffer) => KeyObject): KeyObject {
  try {
    return read(readFileSync(file));
  } catch (error) {
    throw new Error(
      `--key: ${file} does not contain such a key in PEM (${error instanceof Error ? error.message : error})`,
    );
  }
}

/** @throws Error if the text is not a valid package name. */
function nameOf(option: string, name: string): string {
  const schema = option === '--name' ? manifestSchema.shape.name : manifestSchema.shape.release;
  const { success, error } = schema.safeParse(name);
  if (!success) throw new Error(`${option}: found ${JSON.stringify(name)}; ${error.issues[0].message}`);
  return name;
}

/** Hash of the command and of all modules that it loads from its own directory. */
async function codeHash(commandFile: string): Promise<string> {
  const chunks = join(dirname(commandFile), 'chunks');
  const files = [
    commandFile,
    ...readdirSync(chunks)
      .sort()
      .map((name) => join(chunks, name)),
  ];
  const hashes = [];
  for (const file of files.filter((name) => name.endsWith('.js'))) hashes.push(await sha256(readFileSync(file)));
  return sha256(new TextEncoder().encode(hashes.join('')));
}

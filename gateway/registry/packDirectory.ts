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
  /** The built command: the hash of its code goes into the package. */
  commandFile: string;
}

/** Packs a model as `train` left it; the package's id. @throws Error where there is none, or a file cannot be read. */
export async function packDirectory(directory: string, options: PackOptions): Promise<string> {
  const model = readFileSync(join(directory, MODEL_FILE));
  const { format, card } = JSON.parse(model.toString('utf8')) as { format?: string; card?: Manifest['card'] };
  const kind = KINDS[format ?? ''];
  if (!kind || !card) throw new Error(`${join(directory, MODEL_FILE)} is no model that train made`);
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

/** @throws Error where it is no package. */
export async function showPackage(file: string, key: string | undefined): Promise<ShownPackage> {
  const opened = await openPackage(readFileSync(file, 'utf8'));
  const trusted =
    key !== undefined && (await isSigned(opened, keyOf(key, createPublicKey).export({ format: 'der', type: 'spki' })));
  const { id, manifest, signature } = opened;
  return { id, ...manifest, signed: signature !== null, ...(key === undefined ? {} : { signedByKey: trusted }) };
}

/** @throws Error where the file is no such key. */
function keyOf(file: string, read: (pem: Buffer) => KeyObject): KeyObject {
  try {
    return read(readFileSync(file));
  } catch (error) {
    throw new Error(`--key: ${file} is no such key in PEM (${error instanceof Error ? error.message : error})`);
  }
}

/** @throws Error where it is no name of a package. */
function nameOf(option: string, name: string): string {
  const schema = option === '--name' ? manifestSchema.shape.name : manifestSchema.shape.release;
  const { success, error } = schema.safeParse(name);
  if (!success) throw new Error(`${option}: found ${JSON.stringify(name)}; ${error.issues[0].message}`);
  return name;
}

/** Of the command and all that it loads of its own. */
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

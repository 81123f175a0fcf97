import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { DATABASES } from './databases.ts';
import { versionOf } from './migrate.ts';
import { makePrivateDirectory, makePrivateFile } from './openDatabase.ts';

export const MANIFEST = 'manifest.json';
const ALL_PAGES = 0x7fffffff;

const manifestSchema = z.object({
  format: z.literal(1),
  /** Version of Millwright. */
  version: z.string(),
  atMs: z.number(),
  files: z.array(
    z.object({
      name: z.enum(Object.keys(DATABASES) as [string, ...string[]]),
      schema: z.int().min(0),
      bytes: z.int().min(0),
      sha256: z.string(),
    }),
  ),
});
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * Copies every database of a data directory, even while its gateway runs. Each copy is a consistent snapshot; the store
 * is copied before the historian, so that pending rows are in at least one of them. Each copy is verified, and the
 * manifest is written last: a directory without one is not a backup.
 * @param to a missing or empty directory.
 * @throws Error if there is nothing to copy, the directory is not empty, or a copy is not sound.
 */
export async function createBackup(directory: string, to: string, version: string, atMs: number): Promise<Manifest> {
  const names = Object.keys(DATABASES).filter((name) => existsSync(join(directory, name)));
  if (names.length === 0) throw new Error(`${directory} contains no database: is it the dataDirectory of a gateway?`);
  makePrivateDirectory(to);
  if (readdirSync(to).length > 0) throw new Error(`${to} is not empty: use an empty directory for a backup`);
  const files: Manifest['files'] = [];
  for (const name of names) files.push(await copyDatabase(join(directory, name), to, name));
  const manifest: Manifest = { format: 1, version, atMs, files };
  writeFileSync(join(to, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  flush(join(to, MANIFEST));
  flush(to);
  return manifest;
}

/**
 * Reads a backup's manifest, checks every file against it, and verifies each database in full.
 * @throws Error that names missing or different files, or the versions if a file has a newer schema.
 */
export async function verifyBackup(from: string): Promise<Manifest> {
  const manifest = readManifest(from);
  for (const { name, sha256, schema } of manifest.files) {
    const file = join(from, name);
    if (!existsSync(file)) throw new Error(`${file} is missing`);
    if ((await digestOf(file)) !== sha256)
      throw new Error(`${file} differs from its manifest: it was changed or damaged`);
    const known = DATABASES[name].length;
    if (schema > known)
      throw new Error(
        `${file} has schema version ${schema}, and this version of Millwright supports ${known}: restore it with the newer version`,
      );
  }
  return manifest;
}

function readManifest(from: string): Manifest {
  const file = join(from, MANIFEST);
  if (!existsSync(file)) throw new Error(`${from} is not a complete backup: it has no ${MANIFEST}`);
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new Error(`${file} is not the manifest of a backup`);
  }
}

async function copyDatabase(file: string, to: string, name: string): Promise<Manifest['files'][number]> {
  const copy = join(to, name);
  makePrivateFile(copy);
  const source = new Database(file, { fileMustExist: true, timeout: 60_000 });
  try {
    // In one step: between steps, writes of a running gateway would restart the copy.
    await source.backup(copy, { progress: () => ALL_PAGES });
  } finally {
    source.close();
  }
  const schema = checkCopy(copy);
  flush(copy);
  const { bytes, sha256 } = await measure(copy);
  return { name, schema, bytes, sha256 };
}

/**
 * Makes a copy self-contained, without companion files. @returns its schema version. @throws if a page is unreadable.
 */
function checkCopy(copy: string): number {
  const db = new Database(copy);
  try {
    db.pragma('journal_mode = DELETE');
    const verdict = db.pragma('integrity_check(1)', { simple: true });
    if (verdict !== 'ok')
      throw new Error(`${copy} is not sound (${verdict}): restart the gateway, which repairs the original`);
    return versionOf(db);
  } finally {
    db.close();
  }
}

async function measure(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  const stream = createReadStream(file);
  await pipeline(stream, hash);
  return { bytes: stream.bytesRead, sha256: hash.digest('hex') };
}

async function digestOf(file: string): Promise<string> {
  return (await measure(file)).sha256;
}

/** Flushes a file, or the entries of a directory, to disk. */
export function flush(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

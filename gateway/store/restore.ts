import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { flush, type Manifest, verifyBackup } from './backup.ts';
import { DATABASES } from './databases.ts';
import { holdDirectory } from './holdDirectory.ts';
import { rememberDatabases } from './mendDatabases.ts';

/**
 * Replaces the databases of a data directory with those of a backup. The backup is verified first, and the existing
 * databases are moved into a directory beside them.
 * @returns the manifest, and the path of the former databases; null if there were none.
 * @throws Error if the backup is not sound, or a gateway uses the directory.
 */
export async function restore(
  from: string,
  directory: string,
  nowMs: number,
): Promise<{ manifest: Manifest; former: string | null }> {
  const manifest = await verifyBackup(from);
  const release = holdDirectory(directory);
  try {
    for (const { name } of manifest.files) bring(join(from, name), join(directory, `${name}.restored`));
    const former = moveAway(directory, nowMs);
    for (const { name } of manifest.files) renameSync(join(directory, `${name}.restored`), join(directory, name));
    rememberDatabases(
      directory,
      manifest.files.map(({ name }) => name),
    );
    flush(directory);
    return { manifest, former };
  } finally {
    for (const { name } of manifest.files) rmSync(join(directory, `${name}.restored`), { force: true });
    release();
  }
}

function bring(from: string, to: string): void {
  copyFileSync(from, to);
  chmodSync(to, 0o600);
  flush(to);
}

function moveAway(directory: string, nowMs: number): string | null {
  const files = Object.keys(DATABASES)
    .flatMap((name) => [name, `${name}-wal`, `${name}-shm`])
    .filter((name) => existsSync(join(directory, name)));
  if (files.length === 0) return null;
  const former = join(directory, `before-restore-${nowMs}`);
  mkdirSync(former, { mode: 0o700 });
  for (const name of files) renameSync(join(directory, name), join(former, name));
  return former;
}

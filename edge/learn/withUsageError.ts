import { mkdirSync, writeFileSync } from 'node:fs';
import type { Shell } from '#models/configuration/shell.ts';

/** Errors caused by the user's input. */
const USAGE = ['LeakError', 'ModelFileError', 'HistoryError'];

/** Help of commands that train. */
export const ALLOW_LEAK_HELP =
  'columns, with commas, that are kept although they look as if they knew the outcome; a warning names them';

/** @throws the shell's usage error if the table is too small, or leaks. */
export function withUsageError<T>(shell: Shell, file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const wrong = error instanceof RangeError || (error instanceof Error && USAGE.includes(error.name));
    throw wrong ? shell.usage(`${file}: ${error.message}`) : error;
  }
}

/** @throws the shell's failure if it cannot be written. */
export function writeFile(shell: Shell, file: string, content: string): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw shell.failure(error instanceof Error ? error.message : String(error));
  }
}

/** Called before the work, so that an unusable output path is reported at once. */
export function makeDirectory(shell: Shell, directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw shell.usage(`--out: ${error instanceof Error ? error.message : String(error)}`);
  }
}

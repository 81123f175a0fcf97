import { writeFileSync } from 'node:fs';
import type { Shell } from '#models/configuration/shell.ts';

/** @throws the shell's usage error where the table is too small, or leaks. */
export function orUsage<T>(shell: Shell, file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && error.name === 'LeakError'))
      throw shell.usage(`${file}: ${error.message}`);
    throw error;
  }
}

/** @throws the shell's failure where it cannot be written. */
export function writeFile(shell: Shell, file: string, content: string): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw shell.failure(error instanceof Error ? error.message : String(error));
  }
}

import { signal } from '@preact/signals';

/** The family of lines selected through a sentence of the diagnosis; null: none. */
export const highlighted = signal<string | null>(null);

/** Bearing frequencies by name, or a multiple of the shaft speed such as `2×`, also within `2.5 mm/s at 2×`. */
const FAMILY = /\b(BPFO|BPFI|FTF)\b|2×BSF|(?<![\d.])(\d+(?:\.\d+)?)×(?!\s*(?:BSF|normal))/;

/** The family of lines that a sentence of a diagnosis names, in the edge's English; null: none. Pure. */
export const familyIn = (reason: string): string | null => FAMILY.exec(reason)?.[0] ?? null;

/** Whether a line's name belongs to a family: the line itself, its harmonics and sidebands. Pure. */
export function isOfFamily(line: string, family: string | null): boolean {
  if (family === null) return false;
  if (family === '2×BSF') return line.includes('BSF');
  return /^\d/.test(family) ? line === family : line.includes(family);
}

import { csvCell } from '#models/tables/csvCell.ts';
import type { SheetCell } from '#models/tables/writeWorkbook.ts';

/** A line of separated values. Text that a spreadsheet would take for a formula gets an apostrophe before it. Pure. */
export function csvLine(cells: readonly SheetCell[]): string {
  return cells.map(cellText).join(',');
}

function cellText(cell: SheetCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  return csvCell(/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
}

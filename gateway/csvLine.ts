import { csvCell } from '#models/tables/csvCell.ts';
import type { SheetCell } from '#models/tables/writeWorkbook.ts';

/**
 * What a spreadsheet takes for a formula, at the beginning of a cell: also after a semicolon, a tab or a line end, at which
 * it may begin another cell, as programs set to a language with decimal commas do. East Asian ones read wide signs as well.
 */
const FORMULA = /(?<=^|[;\t\r\n])(?=[=+\-@\t\r＝＋－＠])/g;

/** A line of separated values. Text that a spreadsheet would take for a formula gets an apostrophe before it. Pure. */
export function csvLine(cells: readonly SheetCell[]): string {
  return cells.map(cellText).join(',');
}

function cellText(cell: SheetCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  return csvCell(cell.replace(FORMULA, "'"));
}

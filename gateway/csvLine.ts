import { csvCell } from '#models/tables/csvCell.ts';
import type { SheetCell } from '#models/tables/writeWorkbook.ts';

/**
 * Characters that start a spreadsheet formula at the beginning of a cell: also after a semicolon, a tab or a line end,
 * which separate cells in locales with decimal commas. East Asian versions also read full-width signs.
 */
const FORMULA = /(?<=^|[;\t\r\n])(?=[=+\-@\t\r＝＋－＠])/g;

/** A CSV line. Text that a spreadsheet would read as a formula is prefixed with an apostrophe. Pure. */
export function csvLine(cells: readonly SheetCell[]): string {
  return cells.map(cellText).join(',');
}

function cellText(cell: SheetCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  return csvCell(cell.replace(FORMULA, "'"));
}

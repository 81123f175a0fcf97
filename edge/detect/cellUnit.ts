const WITH_UNIT = /^[+-]?[\d.,]*\d(?:e[+-]?\d+)? ?(?!e[+-]?\d)([a-zµμΩ°%‰][^\s]{0,11})$/i;

/** The unit after the number in a cell (`19 °C`, `45%`); null if there is none. */
export function unitOf(cell: string | undefined): string | null {
  return WITH_UNIT.exec(cell ?? '')?.[1] ?? null;
}

/**
 * The cell without its column's unit. A cell with another unit is returned unchanged and does not parse as a number.
 */
export function withoutUnit(cell: string, unit: string | null): string {
  if (unit === null) return cell;
  const text = cell.trim();
  return text.endsWith(unit) ? text.slice(0, -unit.length) : cell;
}

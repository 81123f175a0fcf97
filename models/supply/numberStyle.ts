/** How numbers are written in a file. */
export interface NumberStyle {
  decimal: '.' | ',';
  /** Thousands separators to remove. */
  thousands: '.' | ',' | null;
}

const DECIMAL_COMMA = /^[+-]?\d{1,3}(\.\d{3})*,\d+$|^[+-]?\d+,\d+$/;
const BOTH_POINT = /^[+-]?\d{1,3}(,\d{3})+\.\d+$/;
const GROUPS_COMMA = /^[+-]?\d{1,3}(,\d{3})+$/;
const GROUPS_POINT = /^[+-]?\d{1,3}(\.\d{3})+$/;

/**
 * Number style of a file, from all of its number cells together: `1.234` is a thousand if other cells have decimal
 * commas, otherwise one and a fraction; `1,234` alone is a thousand if commas separate columns (it was quoted),
 * otherwise a decimal. A sign next to whole numbers below 1000 only separates thousands, since a column shows three
 * decimals in all cells or in none. Semicolons indicate decimal commas; tabs and bars indicate nothing.
 */
export function numberStyleOf(cells: readonly string[], separator: string): NumberStyle {
  const bare = cells.map((c) => stripped(c).replace(/^\((.+)\)$|-$/, '$1'));
  if (bare.some((c) => BOTH_POINT.test(c))) return { decimal: '.', thousands: ',' };
  const commas = bare.filter((c) => DECIMAL_COMMA.test(c));
  const onlyGroups = commas.length > 0 && commas.every((c) => GROUPS_COMMA.test(c));
  const commaParts = separator === ',' || (separator !== ';' && partThousands(bare, ','));
  if (onlyGroups && commaParts) return { decimal: '.', thousands: ',' };
  if (commas.length === 0 && separator === ';' && partThousands(bare, '.')) return { decimal: ',', thousands: '.' };
  if (commas.length === 0) return { decimal: '.', thousands: null };
  return { decimal: ',', thousands: bare.some((c) => GROUPS_POINT.test(c) || /\.\d{3},/.test(c)) ? '.' : null };
}

/** Whether all numbers with a separator have groups of three, and those without are too small to need one. */
function partThousands(bare: readonly string[], sign: '.' | ','): boolean {
  const groups = sign === '.' ? GROUPS_POINT : GROUPS_COMMA;
  const [signed, plain] = [bare.filter((c) => /[.,]/.test(c)), bare.filter((c) => /^[+-]?\d+$/.test(c))];
  return (
    signed.length > 0 &&
    plain.some((c) => Number(c) !== 0) &&
    signed.every((c) => groups.test(c) && !/^[+-]?0/.test(c)) &&
    plain.every((c) => Math.abs(Number(c)) < 1000)
  );
}

/** Whether every point in a file's numbers could be a thousands separator as well as a decimal point. */
export function mayBeThousands(cells: readonly string[], { decimal, thousands }: NumberStyle): boolean {
  if (decimal !== '.' || thousands !== null) return false;
  const pointed = cells.map(stripped).filter((c) => c.includes('.'));
  return pointed.length > 0 && pointed.every((c) => GROUPS_POINT.test(c) && !c.startsWith('0.'));
}

/** Whether a number as written is negative: `-5`, `5-`, `(5)`. */
export const isNegativeText = (cell: string): boolean => /^-|-$|^\(.+\)$/.test(cell.trim());

/** A number as written, or NaN: blanks between thousands and currency signs are removed; `(5)` and `5-` are −5. */
export function parseNumber(cell: string, { decimal, thousands }: NumberStyle): number {
  let text = stripped(cell);
  const bracketed = /^\((.+)\)$/.exec(text) ?? /^([^-].*)-$/.exec(text);
  if (bracketed) text = `-${bracketed[1]}`;
  if (thousands !== null) {
    const sign = thousands === '.' ? '\\.' : ',';
    // A separator outside groups of three is no thousands separator: the cell is not a number.
    if (text.includes(thousands) && !new RegExp(`^[+-]?\\d{1,3}(${sign}\\d{3})+(?!\\d|${sign})`).test(text))
      return Number.NaN;
    text = text.replaceAll(thousands, '');
  }
  if (decimal === '.' && text.includes(',')) return Number.NaN;
  if (decimal === ',') text = text.replace(',', '.');
  const percent = text.endsWith('%');
  if (percent) text = text.slice(0, -1);
  // Number also accepts 0x1f and Infinity; these are not numbers here.
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return percent ? value / 100 : value;
}

/** Removes currency signs, and thousands separators other than points and commas. */
function stripped(cell: string): string {
  return cell
    .replace(/(?<=\d)[ \u00a0\u202f'’](?=\d{3}(\D|$))/g, '')
    .replace(/^(?:[\s$€£¥]|USD|EUR|GBP|CHF)+|(?:[\s$€£¥]|USD|EUR|GBP|CHF)+$/g, '');
}

import { CsvError, parse } from 'csv-parse/sync';

/** An error in a table: where, and what. */
export class TableError extends Error {}

export interface Table {
  /** Cells as text, the header first; rows may differ in length. */
  rows: string[][];
  /** The file's line that each row ends on, counted from 1: empty lines are not rows. */
  lines: number[];
  separator: string;
  /** How its numbers are written, if known. */
  numbers?: { decimal: '.' | ','; thousands: '.' | ',' | null };
  /** What was repaired, one sentence each. */
  notes: string[];
  /** The file's column of a cell, counted from 0, if the table was converted from another shape. */
  columnOf?: (row: number, column: number) => number;
}

const SEPARATORS = [',', ';', '\t', '|'] as const;
const MAX_COLUMNS = 20_000;
/** What spreadsheets write above a header to name the separator. */
const SEPARATOR_LINE = /^sep=(.)[;,\t|]*\n/i;
const QUOTES: Partial<Record<CsvError['code'], string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote that is opened is never closed',
  INVALID_OPENING_QUOTE: 'a quote inside a cell that does not start with one',
  CSV_INVALID_CLOSING_QUOTE: 'something follows a closing quote',
};

/**
 * A table of separated values from the bytes of a file: UTF-8 or UTF-16 with or without a mark, else Windows-1252; the
 * separator is the most frequent one in the first line that has any.
 * @param emptyRows whether rows of separators alone are kept.
 * @throws TableError if it is not a table, with the line, counted from 1.
 */
export function parseTable(bytes: Uint8Array, givenSeparator?: string, emptyRows = false): Table {
  const { text: written, note } = decoded(bytes);
  // One kind of line end, also within quotes: otherwise lines are counted twice there.
  const all = written.replace(/\r\n?/g, '\n');
  const notes = note ? [note] : [];
  const separatorLine = SEPARATOR_LINE.exec(all);
  // Replaced by an empty line, so that line numbers are kept.
  const text = separatorLine ? `\n${all.slice(separatorLine[0].length)}` : all;
  if (text.trim() === '') throw new TableError('line 1: the file is empty; a header is needed');
  if (text.includes('\0')) throw new TableError('line 1: the file holds zero bytes: it is no text');
  const separator = givenSeparator ?? separatorLine?.[1] ?? separatorOf(text);
  if (separator !== ',' && givenSeparator === undefined)
    notes.push(`columns are separated by ${JSON.stringify(separator)}`);
  try {
    const { rows, lines } =
      text.includes('"') || separator === ''
        ? quotedCells(text, separator, emptyRows)
        : plainCells(text, separator, emptyRows);
    const wide = rows.findIndex((row) => row.length > MAX_COLUMNS);
    if (wide >= 0)
      throw new TableError(`line ${lines[wide]}: ${rows[wide].length} columns; ${MAX_COLUMNS} are the most`);
    return { rows, lines, separator, notes };
  } catch (error) {
    if (error instanceof CsvError) throw new TableError(quoteError(error));
    throw error;
  }
}

interface Cells {
  rows: string[][];
  lines: number[];
}

/** @throws CsvError */
function quotedCells(text: string, separator: string, emptyRows: boolean): Cells {
  const parsed = parse(text, {
    delimiter: separator,
    record_delimiter: '\n',
    relax_column_count: true,
    skip_empty_lines: true,
    // Spreadsheets end in lines of separators only.
    skip_records_with_empty_values: !emptyRows,
    info: true,
  }) as unknown as { record: string[]; info: { lines: number } }[];
  const rows = parsed.map(({ record }) => record);
  const lines = parsed.map(({ info }) => info.lines);
  return { rows, lines };
}

/** The same for a text without quotes, in a fifth of the time. */
function plainCells(text: string, separator: string, emptyRows: boolean): Cells {
  const [rows, lines]: [string[][], number[]] = [[], []];
  text.split('\n').forEach((line, i) => {
    if (line === '') return;
    const cells = line.split(separator);
    if (!emptyRows && cells.every((cell) => cell.trim() === '')) return;
    rows.push(cells);
    lines.push(i + 1);
  });
  return { rows, lines };
}

function quoteError({ code, message, lines, column }: CsvError & { lines?: number; column?: number | string }): string {
  const what = QUOTES[code];
  if (what === undefined) return message;
  return `line ${lines ?? 1}${typeof column === 'number' ? `, column ${column + 1}` : ''}: ${what}`;
}

const SHOWN_NAMES = 8;
const SHOWN_LENGTH = 40;

/** Column names for an error message, limited in number and length. */
export function namesShown(cells: readonly string[]): string {
  const shown = cells.slice(0, SHOWN_NAMES).map((cell) => cell.trim().slice(0, SHOWN_LENGTH));
  return cells.length > SHOWN_NAMES ? `${shown.join(', ')} and ${cells.length - SHOWN_NAMES} more` : shown.join(', ');
}

/** A number, with a decimal comma only if commas do not separate columns; NaN for anything else. */
export function numberOf(cell: string, separator: string): number {
  const text = cell.trim();
  if (text === '') return Number.NaN;
  const plain = separator !== ',' && /^[+-]?\d+,\d+(e[+-]?\d+)?$/i.test(text) ? text.replace(',', '.') : text;
  // Number also accepts 0x1f and Infinity; these are not numbers here.
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
}

/** Lines searched for a separator: reports begin with titles without one. */
const TITLE_LINES = 30;

/** The most frequent separator in the first line that has any. */
function separatorOf(text: string): string {
  const lines = text.split('\n', TITLE_LINES);
  const counted = lines.map((line) => SEPARATORS.map((s) => line.split(s).length));
  const counts = counted.find((c) => Math.max(...c) > 1) ?? counted[0];
  return SEPARATORS[counts.indexOf(Math.max(...counts))];
}

/** UTF-16 without a byte-order mark: every other byte of a header of Latin letters is 0. */
function unmarkedUtf16(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a > 0 && b === 0 && c > 0 && d === 0) return 'utf-16le';
  return a === 0 && b > 0 && c === 0 && d > 0 ? 'utf-16be' : undefined;
}

function utf16Of(bytes: Uint8Array): string | undefined {
  return { 65534: 'utf-16le', 65279: 'utf-16be' }[(bytes[0] << 8) | bytes[1]] ?? unmarkedUtf16(bytes);
}

/** The text of a file: UTF-8 or UTF-16, with or without a byte-order mark, else Windows-1252; and a note on it. */
export function decoded(bytes: Uint8Array): { text: string; note: string | null } {
  const utf16 = utf16Of(bytes);
  if (utf16) return { text: new TextDecoder(utf16).decode(bytes), note: `read as ${utf16}` };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), note: null };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { text: new TextDecoder('windows-1252').decode(bytes), note: 'not UTF-8: read as Windows-1252' };
  }
}

/** A long table is read in pieces of about this many bytes, so that its cells are never all in memory at once. */
const PIECE_BYTES = 4 << 20;
const [NEW_LINE, QUOTE] = [10, 34];

/**
 * The table of a file in pieces that end with a line, the first with its header; a quoted cell is never split.
 * @param pieceBytes minimum length of a piece. @throws TableError as `parseTable`, with the line in the file.
 */
export function* parsePieces(
  bytes: Uint8Array,
  givenSeparator?: string,
  pieceBytes = PIECE_BYTES,
  emptyRows = false,
): Generator<Table> {
  if (bytes.length <= pieceBytes || utf16Of(bytes)) {
    yield parseTable(bytes, givenSeparator, emptyRows);
    return;
  }
  let [at, before, separator] = [0, 0, givenSeparator];
  while (at < bytes.length) {
    const { end, lines } = pieceEnd(bytes, at, pieceBytes);
    const piece = bytes.subarray(at, end);
    if (at === 0 || piece.some((byte) => byte > 32)) {
      const table = shifted(() => parseTable(piece, separator, emptyRows), before);
      separator ??= table.separator;
      yield { ...table, notes: at === 0 ? table.notes : [] };
    }
    [at, before] = [end, before + lines];
  }
}

/** End of a piece, after the first line end outside quotes beyond its minimum length; and its number of lines. */
function pieceEnd(bytes: Uint8Array, from: number, least: number): { end: number; lines: number } {
  let [quoted, lines] = [false, 0];
  for (let i = from; i < bytes.length; i++) {
    if (bytes[i] === QUOTE) quoted = !quoted;
    else if (bytes[i] === NEW_LINE) {
      lines++;
      if (!quoted && i - from >= least) return { end: i + 1, lines };
    }
  }
  return { end: bytes.length, lines };
}

/** A piece with line numbers of the file. */
function shifted(parsed: () => Table, before: number): Table {
  try {
    const table = parsed();
    return before === 0 ? table : { ...table, lines: table.lines.map((line) => line + before) };
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    throw new TableError(error.message.replace(/^line (\d+)/, (_, line) => `line ${Number(line) + before}`));
  }
}

/** A table's bytes, and its name in errors. */
export interface NamedFile {
  name: string;
  bytes: Uint8Array;
}

/**
 * Reads a table; errors and notes of repairs name the file.
 * @param parse for files other than separated values.
 */
export function readNamed<T>(
  { name, bytes }: NamedFile,
  separator: string | undefined,
  info: (line: string) => void,
  read: (table: Table) => T,
  parse: (bytes: Uint8Array, separator?: string) => Table = parseTable,
): T {
  try {
    const table = parse(bytes, separator);
    for (const note of table.notes) info(`${name}: ${note}`);
    return read(table);
  } catch (error) {
    if (error instanceof TableError) throw new TableError(`${name}: ${error.message}`);
    throw error;
  }
}

import { strFromU8, unzipSync } from 'fflate';
import { parseTable, type Table, TableError } from './parseTable.ts';
import { xmlParts } from './sheetXml.ts';

/** A planner's table is never larger than this, unpacked. */
const MAX_BYTES = 512 * 1024 * 1024;
/** Limits on rows and columns of a sheet. */
const MAX_ROWS = 1_048_576;
const MAX_COLUMNS = 16_384;
const MINUTE_DAYS = 1 / 1440;
/** Days from 1970 to day 0 of workbooks of either kind. */
const DAY_0 = { 1900: -25_569, 1904: -24_107 } as const;
/** Number formats of dates and times that every workbook has. */
const DATE_FORMATS = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58]);

type Files = Record<string, Uint8Array>;

/** Whether bytes are a spreadsheet, in the current or the old Excel format. */
export function isWorkbook(bytes: Uint8Array): boolean {
  const first = [...bytes.subarray(0, 4)].join();
  return first === '80,75,3,4' || first === '208,207,17,224';
}

/** The table in a workbook's first suitable sheet, or in separated values. @throws TableError if it is neither. */
export const parseWorkbookOrText = (bytes: Uint8Array, separator?: string): Table =>
  isWorkbook(bytes) ? parseWorkbook(bytes) : parseTable(bytes, separator);

/**
 * The table of a sheet of an Office Open XML workbook (.xlsx, .xlsm): lines are the sheet's rows; dates and times are
 * ISO texts; numbers have a decimal point; formulas have the values they had when the file was saved. Source: ECMA-376,
 * Part 1, section 18 (SpreadsheetML).
 * @param sheetName name of a sheet; by default the first visible one with more than one row.
 * @throws TableError if it is not such a workbook, or has no such sheet.
 */
export function parseWorkbook(bytes: Uint8Array, sheetName?: string): Table {
  const files = unpacked(bytes);
  const book = textOf(files, 'xl/workbook.xml');
  if (book === null) throw new TableError('an archive that is no workbook: save it as .xlsx or .csv');
  const { sheets, day0 } = sheetsOf(book);
  const targets = targetsOf(textOf(files, 'xl/_rels/workbook.xml.rels') ?? '');
  const shared = sharedTexts(textOf(files, 'xl/sharedStrings.xml') ?? '');
  const dates = dateStyles(textOf(files, 'xl/styles.xml') ?? '');
  const read = (id: string) => sheetOf(textOf(files, targets.get(id) ?? '') ?? '', { shared, dates, day0 });
  if (sheetName !== undefined) {
    const sheet = sheets.find((s) => s.name === sheetName);
    if (!sheet) throw new TableError(`no sheet ${sheetName}; there are ${sheets.map((s) => s.name).join(', ')}`);
    return tableOf(read(sheet.id), []);
  }
  const visible = sheets.filter((s) => !s.hidden);
  for (const { name, id } of visible) {
    const content = read(id);
    if (content.rows.length > 1)
      return tableOf(content, visible.length > 1 ? [`the sheet ${JSON.stringify(name)} is read`] : []);
  }
  throw new TableError('no sheet of the workbook has a table');
}

function unpacked(bytes: Uint8Array): Files {
  if (bytes[0] === 208) throw new TableError('an old or protected workbook: save it as .xlsx without a password');
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!/^xl\/.*\.(xml|rels)$/i.test(name)) return false;
        total += originalSize;
        if (total > MAX_BYTES) throw new TableError(`a workbook of more than ${MAX_BYTES} bytes, unpacked`);
        return true;
      },
    });
  } catch (error) {
    if (error instanceof TableError) throw error;
    throw new TableError(`the workbook cannot be unpacked: ${error instanceof Error ? error.message : error}`);
  }
}

const textOf = (files: Files, name: string) => (Object.hasOwn(files, name) ? strFromU8(files[name]) : null);

interface Sheet {
  name: string;
  id: string;
  hidden: boolean;
}

function sheetsOf(xml: string): { sheets: Sheet[]; day0: number } {
  const sheets: Sheet[] = [];
  let day0: number = DAY_0[1900];
  for (const part of xmlParts(xml)) {
    if (part.kind !== 'open') continue;
    const get = (name: string) => part.attributes.get(name) ?? '';
    if (part.name === 'workbookPr' && /^(1|true)$/.test(get('date1904'))) day0 = DAY_0[1904];
    if (part.name === 'sheet') {
      const id = [...part.attributes].find(([name]) => /:id$/.test(name))?.[1] ?? '';
      sheets.push({ name: get('name'), id, hidden: get('state') !== '' && get('state') !== 'visible' });
    }
  }
  return { sheets, day0 };
}

/** Files of the sheets, by sheet id. */
function targetsOf(xml: string): Map<string, string> {
  const targets = new Map<string, string>();
  for (const part of xmlParts(xml)) {
    if (part.kind !== 'open' || part.name !== 'Relationship') continue;
    const target = part.attributes.get('Target') ?? '';
    targets.set(part.attributes.get('Id') ?? '', target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  }
  return targets;
}

/** Shared strings by index, without phonetic guides. */
function sharedTexts(xml: string): string[] {
  const texts: string[] = [];
  let [inText, inHint, text] = [false, false, ''];
  for (const part of xmlParts(xml)) {
    if (part.kind === 'text') text += inText && !inHint ? part.text : '';
    else if (part.name === 't') inText = part.kind === 'open';
    else if (part.name === 'rPh') inHint = part.kind === 'open';
    else if (part.name === 'si' && part.kind === 'close') {
      texts.push(text);
      text = '';
    }
  }
  return texts;
}

/** Whether each cell style shows numbers as dates. */
function dateStyles(xml: string): boolean[] {
  const codes = new Map<number, boolean>();
  const styles: boolean[] = [];
  let inCells = false;
  for (const part of xmlParts(xml)) {
    if (part.kind === 'text') continue;
    if (part.name === 'cellXfs') inCells = part.kind === 'open';
    if (part.kind !== 'open') continue;
    const id = Number(part.attributes.get('numFmtId') ?? 0);
    if (part.name === 'numFmt') codes.set(id, showsDate(part.attributes.get('formatCode') ?? ''));
    if (part.name === 'xf' && inCells) styles.push(codes.get(id) ?? DATE_FORMATS.has(id));
  }
  return styles;
}

/** Whether a format has a day, a month or a year outside quotes, colours and escapes. */
const showsDate = (code: string) =>
  /[dmy]/i.test(code.replace(/"[^"]*"|\[[^\]]*\]|\\.|General/gi, '')) && !/^[^;]*[0#]/.test(code);

interface Reading {
  shared: readonly string[];
  dates: readonly boolean[];
  day0: number;
}

interface Row {
  line: number;
  cells: string[];
}

interface Content {
  rows: Row[];
  /** Whether some numbers have fractions, and whether some are texts with separators: `1.200,5-`. */
  fractions: boolean;
  numbersAsText: boolean;
}

const NUMBER_AS_TEXT = /^\s*[-+(]?\d[\d.,]*[.,]\d+[-)]?\s*$/;

function sheetOf(xml: string, reading: Reading): Content {
  const rows: Row[] = [];
  let [fractions, numbersAsText] = [false, false];
  let row: Row = { line: 0, cells: [] };
  let cell = { at: -1, type: '', style: 0, value: '' };
  let [inValue, inHint] = [false, false];
  for (const part of xmlParts(xml)) {
    if (part.kind === 'text') cell.value += inValue && !inHint ? part.text : '';
    else if (part.name === 'v' || part.name === 't') inValue = part.kind === 'open';
    else if (part.name === 'rPh') inHint = part.kind === 'open';
    else if (part.name === 'row' && part.kind === 'open') {
      row = { line: Number(part.attributes.get('r') ?? row.line + 1), cells: [] };
      cell = { at: -1, type: '', style: 0, value: '' };
    } else if (part.name === 'row') {
      if (row.cells.some((c) => c.trim() !== '')) rows.push(row);
    } else if (part.name === 'c' && part.kind === 'open') {
      const { attributes } = part;
      const at = columnOf(attributes.get('r')) ?? cell.at + 1;
      cell = { at, type: attributes.get('t') ?? 'n', style: Number(attributes.get('s') ?? 0), value: '' };
    } else if (part.name === 'c') {
      if (row.line > MAX_ROWS || cell.at >= MAX_COLUMNS) throw new TableError('a sheet larger than sheets can be');
      while (row.cells.length < cell.at) row.cells.push('');
      const text = cellText(cell, reading);
      row.cells[cell.at] = text;
      if (cell.type === 'n') fractions ||= text.includes('.');
      else numbersAsText ||= NUMBER_AS_TEXT.test(text);
    }
  }
  return { rows, fractions, numbersAsText };
}

/** `AB12` is in column 27, counted from 0. */
function columnOf(reference: string | undefined): number | null {
  const letters = /^\$?([A-Z]{1,3})/i.exec(reference ?? '')?.[1].toUpperCase();
  if (letters === undefined) return null;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function cellText({ type, style, value }: { type: string; style: number; value: string }, reading: Reading): string {
  if (type === 's') return reading.shared[Number(value)] ?? '';
  if (type === 'b') return value === '1' ? 'true' : 'false';
  if (type !== 'n' || value.trim() === '') return value;
  if (reading.dates[style]) return dateText(Number(value) + reading.day0);
  // Removes binary rounding: 0.30000000000000004 was 0.3.
  const number = Number(value);
  return plainNumber(Number.isInteger(number) ? number : Number(number.toPrecision(15)));
}

/** Without an exponent: codes of many digits are texts elsewhere. */
const plainNumber = (value: number) =>
  Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : String(value);

/** Days since 1970 as `2026-01-31`, or with a time where there is one. */
function dateText(days: number): string {
  const minutes = Math.round(days / MINUTE_DAYS);
  const date = new Date(minutes * 60_000);
  if (Number.isNaN(date.getTime())) return String(days);
  const text = date.toISOString();
  return minutes % 1440 === 0 ? text.slice(0, 10) : text.slice(0, 16);
}

function tableOf({ rows, fractions, numbersAsText }: Content, notes: string[]): Table {
  const table = { rows: rows.map((r) => r.cells), lines: rows.map((r) => r.line), separator: '\t', notes };
  // If all numbers are texts, they have a style of their own; otherwise a text that is not a number is refused.
  return numbersAsText && !fractions ? table : { ...table, numbers: { decimal: '.', thousands: null } };
}

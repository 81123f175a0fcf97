import { decoded } from '#models/tables/parseTable.ts';
import type { Samples } from './samples.ts';
import { isDateAlone, isTimeCell, risesEvenly, secondsInUnit, secondsOf, timeColumnOf } from './timeCells.ts';

const SEPARATORS = [';', '\t', ',', /\s+/] as const;
type Separator = (typeof SEPARATORS)[number];

/** Lines searched for the first numbers: loggers write pages of preamble. */
const MAX_PREAMBLE = 200;
const RATE = /(?:sampl\w*[ _-]*(?:rate|freq\w*)|abtastrate|\bfs\b)\D{0,20}?([\d.,]+)\s*(k?)(?:Hz|S\/s)?/i;
const UNIT_CELL = /^[([]?(s|sec|ms|us|µs|ns|g|m\/s\^?2|m\/s²|mm\/s|in\/s|v|mv|hz|µm|um|mil|a|-)[)\]]?$/i;
/** A time step longer than the usual one by this factor is a gap; a relative deviation of this size is jitter. */
const GAP = 1.5;
const JITTER = 0.2;
/** Most consecutive missing samples that may be bridged, and their largest share of all samples. */
const MAX_BRIDGED = 3;
const MAX_BRIDGED_PART = 1e-3;
const MISSING = /^(|na|nan|null|-)$/i;

interface Numbers {
  /** First row of numbers, from 0. */
  first: number;
  separator: Separator;
  cells: string[][];
}

/**
 * Reads one column of a text table of numbers, with or without preamble, names, units and a time column, from which the
 * rate is derived. @throws Error with line and column.
 */
export function readTable(bytes: Uint8Array, channel: string): Samples {
  const lines = decoded(bytes).text.replace(/\r\n?/g, '\n').trimEnd().split('\n');
  const numbers = numbersOf(lines);
  const { names, units } = headerOf(lines, numbers);
  const time = timeColumnOf(names, numbers.cells, (cell) => timeOf(cell, numbers.separator));
  const column = columnOf(channel, names, time, numbers);
  const notes: string[] = [];
  const all = Float32Array.from(numbers.cells, (row, i) => numberAt(row, column, numbers, names, i));
  const { from, to, rateHz } = rateOf(numbers, time, secondsInUnit(names[time ?? 0], units[time ?? -1]), notes);
  const samples = bridged(all.subarray(from, to), notes);
  return { samples, sampleRateHz: rateHz ?? rateInPreamble(lines.slice(0, numbers.first)), notes };
}

/**
 * The numbers from the first of three consecutive rows that hold only numbers, with equal counts; by the separator that
 * gives most columns.
 */
function numbersOf(lines: readonly string[]): Numbers {
  const found = SEPARATORS.flatMap((separator) => {
    const rows = lines.slice(0, MAX_PREAMBLE + 3).map((line) => cellsOf(line, separator));
    const isLike = (row: readonly string[] | undefined, width: number) =>
      row === undefined || (row.length === width && row.every((c) => isValue(c, separator)));
    const first = rows.findIndex(
      (row, i) => row.some((c) => !MISSING.test(c)) && [0, 1, 2].every((k) => isLike(rows[i + k], row.length)),
    );
    return first < 0 ? [] : [{ first, separator, width: rows[first].length }];
  });
  if (found.length === 0) throw new Error('no rows of numbers in the first lines of this text');
  const { first, separator } = found.reduce((best, next) => (next.width > best.width ? next : best));
  return { first, separator, cells: lines.slice(first).map((line) => cellsOf(line, separator)) };
}

const cellsOf = (line: string, separator: Separator): string[] => {
  const text = line.trim();
  return text === '' ? [] : text.split(separator).map((c) => c.trim());
};

const isValue = (cell: string, separator: Separator) =>
  MISSING.test(cell) || isTimeCell(cell) || !Number.isNaN(numberIn(cell, separator));

/** A decimal comma is accepted only if commas do not separate columns. */
function numberIn(cell: string, separator: Separator): number {
  const text = separator === ',' ? cell : cell.replace(/^([+-]?\d*),(\d+(e[+-]?\d+)?)$/i, '$1.$2');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** Names, and a row of units below them, if the lines above the numbers have as many cells. */
function headerOf(
  lines: readonly string[],
  { first, separator, cells }: Numbers,
): { names: string[]; units: string[] } {
  const width = cells[0].length;
  const at = (i: number) => (i < 0 ? [] : cellsOf(lines[i].replace(/^[#%"]+/, ''), separator));
  const isUnits = (row: readonly string[]) => row.length === width && row.every((c) => UNIT_CELL.test(c));
  const above = at(first - 1);
  const units = isUnits(above) ? above.map((c) => c.replace(/[()[\]]/g, '').toLowerCase()) : [];
  const named = units.length > 0 ? at(first - 2) : above;
  const names = named.length === width ? named.map((c) => c.replace(/^"|"$/g, '')) : cells[0].map((_, i) => String(i));
  return { names, units };
}

function columnOf(
  channel: string,
  names: readonly string[],
  time: number | null,
  { cells, separator }: Numbers,
): number {
  if (names.includes(channel) && names[0] !== '0') return names.indexOf(channel);
  const number = /^\d+$/.test(channel) ? Number(channel) : -1;
  if (names[number] === undefined)
    throw new Error(`channel ${channel}: there are ${names.length} columns, ${names.slice(0, 20).join(', ')}`);
  const isDate = isDateAlone(cells[0][number]);
  // A counter, or a time under another name, is not vibration either.
  const counts = names.length > 1 && risesEvenly(cells.slice(0, 100).map((row) => numberIn(row[number], separator)));
  if (number !== time && !isDate && !counts) return number;
  const others = names.flatMap((_, i) => (i === time || i === number || isDateAlone(cells[0][i]) ? [] : [i]));
  if (others.length === 1) return others[0];
  const is = number === time || isDate ? 'is the time' : 'rises evenly, as times and counters do';
  throw new Error(`column ${names[number]} ${is}; --channel: one of ${others.map((i) => names[i]).join(', ')}`);
}

function numberAt(
  row: readonly string[],
  column: number,
  { first, separator }: Numbers,
  names: readonly string[],
  i: number,
) {
  const cell = row[column] ?? '';
  const value = numberIn(cell, separator);
  if (!Number.isNaN(value) || MISSING.test(cell)) return value;
  throw new Error(
    `line ${first + i + 1}, column ${names[column]}: found ${JSON.stringify(cell.slice(0, 40))}; a number is needed`,
  );
}

/** A number in its own unit, a written time in seconds. */
function timeOf(cell: string, separator: Separator): number {
  return isTimeCell(cell) ? secondsOf(cell) : numberIn(cell, separator);
}

/** The rate from the time column, and its longest stretch without a gap. @throws Error if time does not rise. */
function rateOf(
  { cells, separator }: Numbers,
  time: number | null,
  unitS: number,
  notes: string[],
): { from: number; to: number; rateHz?: number } {
  const whole = { from: 0, to: cells.length };
  if (time === null || cells.length < 3) return whole;
  const origin = timeOf(cells[0][time], separator);
  const times = cells.map(
    (row) => (timeOf(row[time] ?? '', separator) - origin) * (isTimeCell(cells[0][time]) ? 1 : unitS),
  );
  const steps = times.slice(1).map((t, i) => t - times[i]);
  const known = steps.filter((s) => !Number.isNaN(s)).sort((a, b) => a - b);
  const usual = known[known.length >> 1];
  if (!(usual > 0)) throw new Error('the time column does not rise');
  const cuts = [0, ...steps.flatMap((s, i) => (s > GAP * usual || !(s > 0) ? [i + 1] : [])), cells.length];
  const stretches = cuts.slice(1).map((to, i) => ({ from: cuts[i], to }));
  const longest = stretches.reduce((best, s) => (s.to - s.from > best.to - best.from ? s : best));
  if (stretches.length > 1) {
    const missing = steps.reduce((sum, s) => (s > GAP * usual ? sum + s - usual : sum), 0);
    notes.push(
      `${stretches.length - 1} gaps in the time, ${missing.toPrecision(3)} s in all: the longest stretch without one is used`,
    );
  }
  const span = times[longest.to - 1] - times[longest.from];
  // Times are often written with few digits: their mean step is more exact than any single one.
  const step = span / (longest.to - longest.from - 1);
  const inside = steps.slice(longest.from, longest.to - 1);
  const deviation = Math.sqrt(inside.reduce((sum, s) => sum + (s - step) ** 2, 0) / inside.length);
  if (deviation > JITTER * step)
    notes.push(`samples are taken unevenly: steps of the time vary by ${((100 * deviation) / step).toFixed(0)} %`);
  return { ...longest, rateHz: Number((1 / step).toPrecision(6)) };
}

function rateInPreamble(lines: readonly string[]): number | undefined {
  for (const line of lines) {
    const found = RATE.exec(line);
    const value = found && rateIn(found[1], found[2] !== '');
    if (value && value > 0) return value;
  }
  return undefined;
}

/** Hz. No accelerometer is sampled at 25.6 Hz: `25,600 Hz` has a comma between its thousands, `25,600 kHz` a decimal one. */
function rateIn(text: string, isKilo: boolean): number {
  if (!isKilo && /^\d{1,3}(,\d{3})+$/.test(text)) return Number(text.replaceAll(',', ''));
  return Number(text.replace(',', '.')) * (isKilo ? 1000 : 1);
}

/** Interpolates single missing samples linearly; longer runs stay as they are. */
function bridged(samples: Float32Array, notes: string[]): Float32Array {
  const missing = samples.reduce((n, v) => n + (Number.isNaN(v) ? 1 : 0), 0);
  if (missing === 0 || missing > Math.max(1, MAX_BRIDGED_PART * samples.length)) return samples;
  const whole = samples.slice();
  for (let i = 0; i < whole.length; i++) {
    if (!Number.isNaN(whole[i])) continue;
    let to = i;
    while (to < whole.length && Number.isNaN(whole[to])) to++;
    if (i === 0 || to === whole.length || to - i > MAX_BRIDGED) return samples;
    for (let k = i; k < to; k++) whole[k] = whole[i - 1] + ((k - i + 1) / (to - i + 1)) * (whole[to] - whole[i - 1]);
  }
  notes.push(`${missing} missing samples are bridged`);
  return whole;
}

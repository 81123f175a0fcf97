import { namesShown, numberOf, type Table, TableError } from '#models/tables/parseTable.ts';
import type { Method } from './forecasters.ts';

export interface ItemHistory {
  id: string;
  /** Family of the item: new items borrow from it, and items add up to their families and sites. */
  family?: string;
  site?: string;
  /** Overrides the method for its kind of demand. */
  method?: Method;
  /** Demand a period, oldest first; unknown periods stand only at the ends and are left out. */
  history: number[];
}

/**
 * Histories from a wide table: `id`, an optional `price`, then a column a period, oldest first.
 * @throws TableError with line and column, counted from 1.
 */
export function readWide({ rows, lines, separator }: Table): ItemHistory[] {
  const [header, ...body] = rows;
  if (header === undefined || header.length < 2)
    throw new TableError('line 1: a header with an id and at least one period is needed');
  const first = /^price$/i.test(header[1].trim()) ? 2 : 1;
  if (header.length <= first) throw new TableError('line 1: no period stands in the header');
  const labels = header.slice(first).map((cell) => numberOf(cell, separator));
  const named = /^(id|item|part|sku|series|name)$/i.test(header[0].trim());
  // Months may be numbered 1 to 12 year after year: without item names, such a header looks like demand.
  if (!named && labels.length > 1 && labels.every((v) => v >= 0) && !rising(labels))
    throw new TableError('line 1: a header is needed, and this line looks like an item');
  checkOrder(header.slice(first), lines[0], first);
  if (body.length === 0) throw new TableError('line 2: no item stands below the header');
  const seen = new Set<string>();
  return body.map((cells, i) => {
    const line = lines[i + 1];
    if (cells.length !== header.length)
      throw new TableError(`line ${line}: ${cells.length} columns where the header has ${header.length}`);
    const id = cells[0].trim();
    if (id === '') throw new TableError(`line ${line}, column 1: an item without an id`);
    if (seen.has(id)) throw new TableError(`line ${line}, column 1: the item ${id} stands twice`);
    seen.add(id);
    return { id, history: known(cells.slice(first), line, first, separator) };
  });
}

/** Beyond this, whole numbers and their sums are no longer exact. */
const LARGEST_DEMAND = 1e12;

const blank = (cell: string) => cell.trim() === '' || cell.trim() === 'NA';

/** @throws TableError if columns that are dated months or days are not consecutive. */
function checkOrder(labels: readonly string[], line: number, offset: number): void {
  const months = labels.map((label) => monthOf(label.trim()));
  const days = labels.map((label) => dayOf(label.trim()));
  const dated = [months, days].find((all) => all.every((v) => v !== null)) as number[] | undefined;
  const wrong = dated?.findIndex((v, i) => i > 0 && (v <= dated[i - 1] || (dated === months && v > dated[i - 1] + 1)));
  if (wrong === undefined || wrong < 0) return;
  const [before, after] = [labels[wrong - 1].trim(), labels[wrong].trim()];
  throw new TableError(`line ${line}, column ${offset + wrong + 1}: ${after} does not follow ${before}`);
}

/** Months since year 0 of `2024-03`; null for anything else. */
function monthOf(text: string): number | null {
  const found = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text);
  return found ? Number(found[1]) * 12 + Number(found[2]) - 1 : null;
}

/** Days since 1970 of `2024-03-31`; null for anything else. */
function dayOf(text: string): number | null {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(ms) ? null : ms / 86_400_000;
}

const rising = (values: readonly number[]) => values.every((v, i) => i === 0 || v > values[i - 1]);

function known(cells: readonly string[], line: number, offset: number, separator: string): number[] {
  const from = cells.findIndex((cell) => !blank(cell));
  if (from < 0) throw new TableError(`line ${line}: no period is known`);
  const to = cells.findLastIndex((cell) => !blank(cell));
  return cells.slice(from, to + 1).map((cell, i) => {
    const column = offset + from + i + 1;
    if (blank(cell)) throw new TableError(`line ${line}, column ${column}: an unknown period between known ones`);
    return demandOf(cell, line, column, separator);
  });
}

function demandOf(cell: string, line: number, column: number, separator: string): number {
  const value = numberOf(cell, separator);
  if (!Number.isFinite(value)) {
    const found = JSON.stringify(cell.slice(0, 40));
    throw new TableError(`line ${line}, column ${column}: found ${found}; a number is needed`);
  }
  if (value > LARGEST_DEMAND)
    throw new TableError(`line ${line}, column ${column}: found ${value}; at most ${LARGEST_DEMAND} is allowed`);
  if (value < 0) throw new TableError(`line ${line}, column ${column}: a demand below 0`);
  return value;
}

const BELONGS = { family: /^(family|group|category)$/i, site: /^(site|plant|location|warehouse)$/i };
const COLUMNS = {
  id: /^(id|item|part|sku)$/i,
  period: /^(period|date|month|week|time)$/i,
  demand: /^(demand|quantity|qty|value)$/i,
};

/**
 * Histories from a long table, a row an item and period; columns by name, in any order. Months (`2024-03`) are filled
 * without gaps, as are days and numbers of a regular step; other periods are those of the table, in order. An item
 * begins with its first row; a period without a row has no demand. Rows of one item and period are added up. Columns
 * `family` and `site` say what an item belongs to; an item at two sites is two, `item@site`.
 * @throws TableError with line and column, counted from 1.
 */
export function readLong({ rows, lines, separator }: Table): ItemHistory[] {
  const [header = [], ...body] = rows;
  const at = Object.fromEntries(
    Object.entries(COLUMNS).map(([name, pattern]) => [name, header.findIndex((cell) => pattern.test(cell.trim()))]),
  );
  const missing = Object.keys(at).filter((name) => at[name] < 0);
  if (missing.length > 0)
    throw new TableError(`line 1: no column for ${missing.join(', ')}; found ${namesShown(header)}`);
  const belongs = (name: keyof typeof BELONGS) => header.findIndex((cell) => BELONGS[name].test(cell.trim()));
  const places = { family: belongs('family'), site: belongs('site') };
  const items = new Map<string, { id: string; demands: Map<string, number>; family?: string; site?: string }>();
  const periods = new Set<string>();
  body.forEach((cells, i) => {
    const line = lines[i + 1];
    const name = (cells[at.id] ?? '').trim();
    const period = (cells[at.period] ?? '').trim();
    if (name === '') throw new TableError(`line ${line}, column ${at.id + 1}: an item without an id`);
    const family = places.family < 0 ? undefined : (cells[places.family] ?? '').trim() || undefined;
    const site = places.site < 0 ? undefined : (cells[places.site] ?? '').trim() || undefined;
    const id = site === undefined ? name : `${name}@${site}`;
    if (period === '') throw new TableError(`line ${line}, column ${at.period + 1}: a row without a period`);
    const demand = demandOf(cells[at.demand] ?? '', line, at.demand + 1, separator);
    const key = `${name}\t${site ?? ''}`;
    const item = items.get(key) ?? { id, demands: new Map<string, number>(), family, site };
    items.set(key, item);
    item.demands.set(period, (item.demands.get(period) ?? 0) + demand);
    periods.add(period);
  });
  const all = [...items.values()];
  const names = new Set<string>();
  for (const { id } of all) {
    if (names.has(id)) throw new TableError(`the item ${id} and an item at a site have one name: rename one of them`);
    names.add(id);
  }
  const order = periodsInOrder(periods);
  return all.map(({ id, demands, family, site }) => {
    const first = order.findIndex((p) => demands.has(p));
    const history = order.slice(first).map((p) => demands.get(p) ?? 0);
    return { id, ...(family ? { family } : {}), ...(site ? { site } : {}), history };
  });
}

/** Longest run of periods that is filled in; a day of another century is an error. */
const MAX_PERIODS = 20_000;

/**
 * Periods of a table, the oldest first, with missing ones filled in: months one by one, days and whole numbers by the
 * least step if all steps are multiples of it.
 */
function periodsInOrder(periods: ReadonlySet<string>): string[] {
  const all = [...periods];
  const months = all.map(monthOf);
  if (months.every((m) => m !== null)) {
    const name = (month: number) => `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
    return filled(months, 1).map(name);
  }
  const days = all.map(dayOf);
  if (days.every((d) => d !== null)) {
    return filled(days, leastStep(days)).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
  }
  if (all.every((p) => p.trim() !== '' && Number.isFinite(Number(p)))) {
    const numbers = new Map(all.map((p) => [Number(p), p]));
    const twin = all.find((p) => numbers.get(Number(p)) !== p);
    if (twin !== undefined) throw new TableError(`the period ${Number(twin)} is written in two ways`);
    return filled([...numbers.keys()], leastStep([...numbers.keys()])).map((n) => numbers.get(n) ?? String(n));
  }
  throw new TableError('periods must all be months (2024-03), days (2024-03-31) or numbers');
}

/** The least difference of neighbours that all others are multiples of; null if there is none. */
function leastStep(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const steps = sorted.slice(1).map((v, i) => v - sorted[i]);
  const least = steps.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const regular = sorted.every(Number.isInteger) && steps.every((step) => step % least === 0);
  return steps.length > 0 && regular ? least : null;
}

function filled(values: readonly number[], step: number | null): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const [first, last] = [sorted[0], sorted[sorted.length - 1]];
  if (step === null) return sorted;
  const count = (last - first) / step + 1;
  if (count > MAX_PERIODS)
    throw new TableError(`${count} periods lie between the first and the last; ${MAX_PERIODS} are the most`);
  return Array.from({ length: count }, (_, i) => first + i * step);
}

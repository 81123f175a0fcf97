import type { Cleaning } from './cleaning.ts';
import { dayOf } from './dates.ts';
import type { ItemDemandHistory } from './itemDemandHistory.ts';
import { type PeriodKind, periodOf, SEASON, startOf } from './periods.ts';
import type { SupplyRow } from './supplyTables.ts';

/** Largest part of a period, in days, that may be missing at the beginning of the records. */
const LATE_DAYS: Record<PeriodKind, number> = { day: 1, week: 2, month: 4 };

/** Leaves out the first period where all records begin in its middle. */
export function withoutBegunPeriod(
  histories: readonly ItemDemandHistory[],
  demand: readonly SupplyRow<'demand'>[],
  kind: PeriodKind,
  cleaning: Cleaning,
): ItemDemandHistory[] {
  if (demand.length === 0) return [...histories];
  const begins = demand.reduce((first, { date }) => (date < first ? date : first), demand[0].date);
  const period = periodOf(kind, begins);
  const offset = (date: string) => dayOf(date) - dayOf(startOf(kind, periodOf(kind, date)));
  const missing = offset(begins);
  // Records that are one sum a period, or are dated on one day of it, miss nothing.
  const earlier = new Set(demand.filter((d) => offset(d.date) < missing).map((d) => periodOf(kind, d.date)));
  const all = new Set(demand.map((d) => periodOf(kind, d.date)));
  if (missing < LATE_DAYS[kind] || earlier.size < all.size / 2) return [...histories];
  return histories.map((h) => {
    if (h.firstPeriod !== period || h.quantity.length < 2) return h;
    cleaning.begunLate++;
    return { ...h, firstPeriod: period + 1, quantity: h.quantity.slice(1), byMachines: h.byMachines.slice(1) };
  });
}

/** With at least this many items, and mean number of periods with demand, an empty period is a gap in the records. */
const GAP_ITEMS = 5;
const MIN_DEMANDS_A_PERIOD = 8;

/** Number of demands a period of all items, if large enough that an empty period is not chance; else null. */
function demandsOf(histories: readonly ItemDemandHistory[]): number[] | null {
  if (histories.length < GAP_ITEMS) return null;
  const first = Math.min(...histories.map((h) => h.firstPeriod));
  const demands = new Array<number>(histories[0].firstPeriod + histories[0].quantity.length - first).fill(0);
  for (const { firstPeriod, quantity } of histories)
    quantity.forEach((q, i) => {
      if (q > 0) demands[firstPeriod - first + i]++;
    });
  // A single row of another century does not mark the beginning of the records.
  const begun = demands.findIndex((n) => n >= GAP_ITEMS);
  if (begun < 0) return null;
  const reached = demands.slice(begun, demands.findLastIndex((n) => n > 0) + 1);
  const usual = reached.reduce((a, b) => a + b, 0) / Math.max(1, reached.length);
  return usual < MIN_DEMANDS_A_PERIOD ? null : demands;
}

/**
 * If all records end some periods ago, after the longest silence so far, newer tables are missing: demand did not end
 * everywhere at once. The missing periods are filled with those of a season earlier, or with as many before them.
 */
export function fillEnd(histories: readonly ItemDemandHistory[], kind: PeriodKind, cleaning: Cleaning): void {
  const demands = demandsOf(histories);
  if (demands === null) {
    const silent = histories.map(({ quantity }) => quantity.length - 1 - quantity.findLastIndex((q) => q > 0));
    const least = Math.min(...silent);
    if (histories.length > 0 && least > 1) cleaning.silentEnd = least;
    return;
  }
  const last = demands.findLastIndex((n) => n > 0);
  const missing = demands.length - 1 - last;
  let [run, longest] = [0, 0];
  for (const n of demands.slice(0, last)) {
    run = n > 0 ? 0 : run + 1;
    longest = Math.max(longest, run);
  }
  if (missing <= longest) return;
  const season = SEASON[kind];
  // A season cannot fill in years.
  if (missing > season) {
    cleaning.silentEnd = missing;
    return;
  }
  cleaning.notReached = missing;
  for (const { quantity, byMachines } of histories) {
    const known = quantity.length - missing;
    if (known <= 0) continue;
    const back = known >= season ? season : Math.min(known, missing);
    for (const values of [quantity, byMachines]) {
      for (let i = known; i < values.length; i++) values[i] = values[i - back];
    }
  }
}

/**
 * Periods without any demand, although many items have demand in every other one, are gaps in the records (or a plant
 * shutdown): each history gets the mean of the adjacent periods, so that a gap does not look like a fall of demand.
 */
export function fillGaps(histories: readonly ItemDemandHistory[], kind: PeriodKind, cleaning: Cleaning): void {
  const demands = demandsOf(histories);
  if (demands === null || kind === 'day') return;
  const first = Math.min(...histories.map((h) => h.firstPeriod));
  const gaps = new Set(demands.flatMap((n, at) => (n > 0 || at === 0 ? [] : [first + at])));
  for (const gap of gaps) cleaning.gaps.push(startOf(kind, gap));
  for (const { quantity, byMachines, firstPeriod } of histories) {
    const at = new Set([...gaps].map((gap) => gap - firstPeriod));
    fill(quantity, at);
    fill(byMachines, at);
  }
}

function fill(values: number[], gaps: ReadonlySet<number>): void {
  const whole = values.every(Number.isInteger);
  const known = values.map((v, i) => (gaps.has(i) ? null : v));
  known.forEach((q, i) => {
    if (q !== null) return;
    const before = known.slice(0, i).findLast((v) => v !== null);
    const after = known.slice(i + 1).find((v) => v !== null);
    const neighbours = [before, after].filter((v) => v !== undefined && v !== null);
    const mean = neighbours.reduce((a, b) => a + b, 0) / Math.max(1, neighbours.length);
    values[i] = whole ? Math.round(mean) : mean;
  });
}

import { median } from '#models/health/statistics.ts';
import { dayOf } from './dates.ts';
import { groupedBy } from './groupedBy.ts';
import { heirsOf } from './heirs.ts';
import { homeSites } from './homeSites.ts';
import { type PeriodKind, periodOf, SEASON, startOf } from './periods.ts';
import type { Supply, SupplyRow } from './supplyTables.ts';
import { workingDayElasticity } from './workingDays.ts';

export interface ItemDemandHistory {
  item: string;
  site: string;
  /** The first period of `quantity`, and of all that follow one after another. */
  firstPeriod: number;
  /** Demand a period, oldest first, never below 0. */
  quantity: number[];
  /** Of it, what machines of the bill of materials took at their failures and services. */
  byMachines: number[];
  /** Periods that are unlike the others: they are marked, not changed. */
  outliers: { period: number; quantity: number; usual: number }[];
  /** From this period on sizes are so many times what they were: perhaps another unit. */
  unitChange: { period: number; factor: number } | null;
}

/** What was done to the records on their way to histories. */
export interface Cleaning {
  rows: number;
  /** Returns taken off, and those that met no demand before them. */
  returned: number;
  unmatchedReturns: number;
  converted: number;
  /** Rows of a unit that the item is not counted in. */
  unknownUnit: number;
  /** The period that has not ended yet, and rows of it or later. */
  notEnded: number;
  /** Items whose first period is left out: the records begin in its middle. */
  begunLate: number;
  /** First days of periods in which no item had any demand; the means of their neighbours stand in for them. */
  gaps: string[];
  /** Periods at the end that no record has reached; as many before them stand in for them. */
  notReached: number;
  outliers: number;
  unitChanges: number;
  /** Items whose history is that of one that they replaced as well. */
  superseded: number;
  /** Per cent of demand for each per cent of a month's working days; null where it is not plain. */
  workingDays: number | null;
}

export interface Histories {
  items: ItemDemandHistory[];
  cleaning: Cleaning;
  /** The period that begins now: the first one to be forecast. */
  nextPeriod: number;
}

const DOZENS = new Map([
  ['dozen', 12],
  ['dz', 12],
  ['gross', 144],
  ['pair', 2],
  ['hundred', 100],
  ['thousand', 1000],
]);
const PACKS = new Set(['pack', 'box', 'case', 'carton', 'pk']);
/** Deviations (1.4826 × median absolute deviation, of logarithms) beyond which a demand is marked. */
const OUTLIER_DEVIATIONS = 6;
const COUNT_DEVIATIONS = 5;
const LEAST_SIZES = 8;
const LEAST_LOG_DEVIATION = 0.15;
/** Ratios of two units, and how near a level's step has to be to one. */
const UNIT_RATIOS = [10, 12, 24, 100, 144, 1000];
const RATIO_TOLERANCE = 0.12;

/**
 * Demand of each item and site by period, up to the last period that has ended. Orders count, or shipments where an item
 * has more of those; usage is added, returns are taken off the newest demand before them.
 * @param today `2026-01-31`.
 */
export function demandHistories(supply: Supply, kind: PeriodKind, today: string): Histories {
  const cleaning = noCleaning();
  const nextPeriod = periodOf(kind, today);
  const heirs = heirsOf(supply.items);
  const items = new Map(supply.items.map((i) => [i.item, i]));
  const machines = new Set(supply.bom.map((b) => `${b.machine}\t${b.item}`));
  const taken = new Set<string>();
  const rows = [...supply.demand, ...usageOf(supply)].flatMap((row): SupplyRow<'demand'>[] => {
    cleaning.rows++;
    if (periodOf(kind, row.date) >= nextPeriod) {
      cleaning.notEnded++;
      return [];
    }
    const own = inOwnUnit(row, items.get(row.item), cleaning);
    if (own === null) return [];
    const item = heirs.get(row.item) ?? row.item;
    if (item !== row.item) taken.add(row.item);
    return [{ ...own, item }];
  });
  cleaning.superseded = taken.size;
  const groups = groupedBy(rows, ({ item, site = '' }) => `${item}\t${site}`);
  const whole = [...groups.values()].map((own) => historyOf(own, kind, nextPeriod, machines, cleaning));
  const histories = withoutBegunPeriod(whole, supply.demand, kind, cleaning);
  fillEnd(histories, kind, cleaning);
  fillGaps(histories, kind, cleaning);
  for (const history of histories) mark(history, cleaning);
  const quantities = histories.map((h) => h.quantity);
  cleaning.workingDays = kind === 'month' ? workingDayElasticity(quantities, nextPeriod) : null;
  return { items: histories, cleaning, nextPeriod };
}

function noCleaning(): Cleaning {
  const none = {
    returned: 0,
    unmatchedReturns: 0,
    converted: 0,
    unknownUnit: 0,
    notEnded: 0,
    superseded: 0,
    begunLate: 0,
    notReached: 0,
  };
  return { rows: 0, ...none, gaps: [], outliers: 0, unitChanges: 0, workingDays: null };
}

/** Parts that maintenance took: usage by a machine. */
function usageOf(supply: Supply): SupplyRow<'demand'>[] {
  const homes = homeSites(supply);
  return supply.maintenance.flatMap(({ item, date, machine, kind, quantity, reference }) =>
    item === undefined || kind === 'planned'
      ? []
      : [{ item, date, machine, kind: 'usage', quantity: quantity ?? 1, site: homes.get(item), reference }],
  );
}

/** A row in the unit of its item; null where there is no way to it. */
function inOwnUnit(
  row: SupplyRow<'demand'>,
  item: SupplyRow<'items'> | undefined,
  cleaning: Cleaning,
): SupplyRow<'demand'> | null {
  const [unit, own] = [row.unit?.toLowerCase(), item?.unit?.toLowerCase()];
  if (unit === undefined || own === undefined || unit === own) return row;
  const factor = PACKS.has(unit) ? item?.pack_size : DOZENS.get(unit);
  if (factor === undefined) {
    cleaning.unknownUnit++;
    return null;
  }
  cleaning.converted++;
  return { ...row, quantity: row.quantity * factor };
}

function historyOf(
  rows: readonly SupplyRow<'demand'>[],
  kind: PeriodKind,
  nextPeriod: number,
  machines: ReadonlySet<string>,
  cleaning: Cleaning,
): ItemDemandHistory {
  const shipped = rows.filter((r) => r.kind === 'shipment').length;
  const ordered = rows.filter((r) => (r.kind ?? 'order') === 'order').length;
  const outward = ordered >= shipped ? 'order' : 'shipment';
  const counted = rows.filter((r) => r.kind === 'usage' || (r.kind ?? 'order') === outward);
  const first = counted.reduce((least, r) => Math.min(least, periodOf(kind, r.date)), nextPeriod - 1);
  const quantity = new Array<number>(nextPeriod - first).fill(0);
  const byMachines = [...quantity];
  for (const row of counted) {
    const at = periodOf(kind, row.date) - first;
    quantity[at] += row.quantity;
    if (row.machine !== undefined && machines.has(`${row.machine}\t${row.item}`)) byMachines[at] += row.quantity;
  }
  for (const row of rows) {
    if (row.kind !== 'return') continue;
    cleaning.returned++;
    const left = takeBack(quantity, periodOf(kind, row.date) - first, row.quantity);
    if (left > 0) cleaning.unmatchedReturns++;
  }
  quantity.forEach((q, i) => {
    byMachines[i] = Math.min(byMachines[i], q);
  });
  const { item, site = '' } = rows[0];
  return { item, site, firstPeriod: first, quantity, byMachines, outliers: [], unitChange: null };
}

/** Of a period, in days, that may be missing at the beginning of the records. */
const LATE_DAYS: Record<PeriodKind, number> = { day: 1, week: 2, month: 4 };

/** Where all records begin in the middle of a period, that period tells too little of those that begin with it. */
function withoutBegunPeriod(
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
  // Records that are a sum a period, or come on one day of it, miss nothing.
  const earlier = new Set(demand.filter((d) => offset(d.date) < missing).map((d) => periodOf(kind, d.date)));
  const all = new Set(demand.map((d) => periodOf(kind, d.date)));
  if (missing < LATE_DAYS[kind] || earlier.size < all.size / 2) return [...histories];
  return histories.map((h) => {
    if (h.firstPeriod !== period || h.quantity.length < 2) return h;
    cleaning.begunLate++;
    return { ...h, firstPeriod: period + 1, quantity: h.quantity.slice(1), byMachines: h.byMachines.slice(1) };
  });
}

/** Takes what came back off the newest demand before it; returns what met none. */
function takeBack(quantity: number[], from: number, returned: number): number {
  let left = returned;
  for (let i = from; i >= 0 && left > 0; i--) {
    const off = Math.min(quantity[i], left);
    quantity[i] -= off;
    left -= off;
  }
  return left;
}

/** Items of this number at least, and mean periods with demand, that make an empty period a gap of the records. */
const GAP_ITEMS = 5;
const LEAST_DEMANDS_A_PERIOD = 8;

/** Demands of all items a period, where there are enough of them that an empty period is no chance; else null. */
function demandsOf(histories: readonly ItemDemandHistory[]): number[] | null {
  if (histories.length < GAP_ITEMS) return null;
  const first = Math.min(...histories.map((h) => h.firstPeriod));
  const demands = new Array<number>(histories[0].firstPeriod + histories[0].quantity.length - first).fill(0);
  for (const { firstPeriod, quantity } of histories)
    quantity.forEach((q, i) => {
      if (q > 0) demands[firstPeriod - first + i]++;
    });
  // One row of another century says nothing of when records begin.
  const begun = demands.findIndex((n) => n >= GAP_ITEMS);
  if (begun < 0) return null;
  const reached = demands.slice(begun, demands.findLastIndex((n) => n > 0) + 1);
  const usual = reached.reduce((a, b) => a + b, 0) / Math.max(1, reached.length);
  return usual < LEAST_DEMANDS_A_PERIOD ? null : demands;
}

/**
 * Where all records end some periods ago, longer than they were ever silent before, tables have not come since: demand
 * did not end everywhere at once. The same periods of a season before stand in for those, or as many before.
 */
function fillEnd(histories: readonly ItemDemandHistory[], kind: PeriodKind, cleaning: Cleaning): void {
  const demands = demandsOf(histories);
  if (demands === null) return;
  const last = demands.findLastIndex((n) => n > 0);
  const missing = demands.length - 1 - last;
  let [run, longest] = [0, 0];
  for (const n of demands.slice(0, last)) {
    run = n > 0 ? 0 : run + 1;
    longest = Math.max(longest, run);
  }
  if (missing <= longest) return;
  cleaning.notReached = missing;
  const season = SEASON[kind];
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
 * Periods in which nothing at all was asked for, though many things are in every other one, are gaps of the records (or
 * a plant that was shut): each history gets the mean of the periods beside them, so that a gap is no fall of demand.
 */
function fillGaps(histories: readonly ItemDemandHistory[], kind: PeriodKind, cleaning: Cleaning): void {
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
    const beside = [before, after].filter((v) => v !== undefined && v !== null);
    const mean = beside.reduce((a, b) => a + b, 0) / Math.max(1, beside.length);
    values[i] = whole ? Math.round(mean) : mean;
  });
}

function mark(history: ItemDemandHistory, cleaning: Cleaning): void {
  const { quantity, firstPeriod } = history;
  history.unitChange = unitChangeOf(quantity, firstPeriod);
  if (history.unitChange) {
    cleaning.unitChanges++;
    return;
  }
  const sizes = quantity.filter((q) => q > 0);
  if (sizes.length < LEAST_SIZES) return;
  const whole = sizes.every(Number.isInteger);
  const logs = sizes.map(Math.log);
  const middle = median(logs);
  const deviation = Math.max(LEAST_LOG_DEVIATION, 1.4826 * median(logs.map((v) => Math.abs(v - middle))));
  quantity.forEach((q, i) => {
    // Small counts differ by many times their size and mean nothing: twice the root of a Poisson count has deviation 1.
    const counted = whole ? 2 * Math.abs(Math.sqrt(q) - Math.exp(middle / 2)) : Number.POSITIVE_INFINITY;
    if (q > 0 && counted > COUNT_DEVIATIONS && Math.abs(Math.log(q) - middle) > OUTLIER_DEVIATIONS * deviation)
      history.outliers.push({ period: firstPeriod + i, quantity: q, usual: Math.exp(middle) });
  });
  cleaning.outliers += history.outliers.length;
}

/** A lasting step of the sizes by the ratio of two units. */
function unitChangeOf(quantity: readonly number[], firstPeriod: number): ItemDemandHistory['unitChange'] {
  const at = quantity.flatMap((q, i) => (q > 0 ? [i] : []));
  if (at.length < 2 * LEAST_SIZES) return null;
  const logs = at.map((i) => Math.log(quantity[i]));
  for (let k = LEAST_SIZES; k <= logs.length - LEAST_SIZES; k++) {
    const [before, after] = [logs.slice(0, k), logs.slice(k)];
    const ratio = Math.exp(median(after) - median(before));
    const factor = UNIT_RATIOS.find((r) => near(ratio, r) || near(1 / ratio, r));
    // Every size on one side of every size of the other: a step, not a slope.
    const parted = ratio > 1 ? Math.max(...before) < Math.min(...after) : Math.min(...before) > Math.max(...after);
    if (factor !== undefined && parted) return { period: firstPeriod + at[k], factor: ratio > 1 ? factor : 1 / factor };
  }
  return null;
}

const near = (value: number, ratio: number) => Math.abs(value / ratio - 1) < RATIO_TOLERANCE;

/** What was done, a sentence each. */
export function cleaningLines(c: Cleaning, kind: PeriodKind): string[] {
  const lines = [
    [c.superseded, 'items have gone over to those that replaced them'],
    [c.returned, 'returns are taken off the demand before them'],
    [c.unmatchedReturns, 'returns met less demand than came back'],
    [c.converted, 'rows are converted to the unit of their item'],
    [c.unknownUnit, 'rows are left out: their unit is not that of their item, and no pack size leads to it'],
    [c.begunLate, `items begin with a ${kind} of which the records hold a part alone: it is left out`],
    [c.notReached, `${kind}s at the end have no record yet: as many before stand in for them`],
    [c.notEnded, `rows are of the ${kind} that has not ended, or of later ones`],
    [c.outliers, 'demands are far from what is usual for their item; they are kept'],
    [c.unitChanges, 'items look as if their unit had changed; their numbers are kept'],
  ] as const;
  const gaps = c.gaps.map(
    (period) => `no item has any demand in the ${kind} of ${period}: taken as a gap of the records`,
  );
  const days =
    c.workingDays === null
      ? []
      : [`a month with 1 % more working days has ${c.workingDays.toFixed(1)} % more demand; numbers are kept`];
  return [...lines.flatMap(([n, what]) => (n > 0 ? [`${n} ${what}`] : [])), ...gaps, ...days];
}

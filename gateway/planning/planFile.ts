import { type ItemHistory, readLong, readWide } from '#models/demand/readHistory.ts';
import { backtestStock, type StockBacktest } from '#models/planning/backtestStock.ts';
import { withinBudget } from '#models/planning/budget.ts';
import { type ItemPlan, type PlannedItem, planItems } from '#models/planning/planItems.ts';
import type { StockTarget } from '#models/planning/stockPolicy.ts';
import { PRICE_BREAKS_EXPECTED, parsePriceBreaks } from '#models/supply/priceBreaks.ts';
import { type NamedFile, namesShown, numberOf, readNamed, type Table, TableError } from '#models/tables/parseTable.ts';
import { parseWorkbookOrText } from '#models/tables/parseWorkbook.ts';

export interface PlanOptions {
  format: 'wide' | 'long';
  target: StockTarget;
  reviewPeriods: number;
  /** Periods per season; several in ascending order. */
  frequency: readonly number[];
  budget?: number;
  /** Number of latest periods to simulate instead of planning. */
  backtest?: number;
  jsonl?: boolean;
}

/** Optional columns of the item table: default and allowed values. */
const COLUMNS = {
  /** Negative: units owed. */
  stock: { absent: 0, least: -1e12 },
  on_order: { absent: 0, least: 0 },
  lead_time: { absent: 1, least: 0, whole: true },
  unit_cost: { absent: 1, least: 0 },
  order_cost: { absent: 0, least: 0 },
  holding_rate: { absent: 0.02, least: 0 },
  shortage_cost: { absent: null, least: 0 },
  minimum_order: { absent: 0, least: 0 },
  pack_size: { absent: null, least: 1e-9 },
} as const;
type Column = keyof typeof COLUMNS;
/** Text columns. */
const TEXTS = ['price_breaks', 'unmet_demand'] as const;
const ALLOWED: readonly string[] = [...Object.keys(COLUMNS), ...TEXTS];
/** Beyond this, totals of money and units are no longer exact. */
const LARGEST = 1e12;

/**
 * Plans the items of two tables, demand and items, and writes a line for each, ranked by the cost of waiting.
 * @param say reports repairs, and items that are in only one of the tables.
 * @returns the plans; none for a backtest. @throws TableError if a table cannot be used.
 */
export function planFile(
  demand: NamedFile,
  items: NamedFile,
  options: PlanOptions,
  write: (line: string) => void,
  info: (line: string) => void,
): FilePlan[] {
  const histories = readNamed(
    demand,
    undefined,
    info,
    options.format === 'long' ? readLong : readWide,
    parseWorkbookOrText,
  );
  const known = readNamed(items, undefined, info, readItems, parseWorkbookOrText);
  const withHistory = new Set(histories.map(({ id }) => id));
  if (known.size > 0 && ![...known.keys()].some((id) => withHistory.has(id)))
    throw new TableError(`no item of ${items.name} is in ${demand.name}`);
  const without = [...known.keys()].filter((id) => !withHistory.has(id));
  if (without.length > 0) info(`${without.length} items without a demand history are left out: ${some(without)}`);
  const unknown = histories.filter(({ id }) => !known.has(id)).map(({ id }) => id);
  if (unknown.length > 0)
    info(
      `${unknown.length} histories only inform the others' forecasts, they are not among the items: ${some(unknown)}`,
    );
  const others = histories.filter(({ id }) => !known.has(id));
  const planned = histories.flatMap((history): PlannedItem[] => {
    const facts = known.get(history.id);
    return facts ? [{ ...history, ...facts }] : [];
  });
  if (options.backtest !== undefined) {
    const { target, frequency, reviewPeriods, backtest } = options;
    writePlayed(backtestStock(planned, others, target, frequency, reviewPeriods, backtest), options, write);
    return [];
  }
  const plans = planItems(planned, others, options.target, options.frequency, options.reviewPeriods);
  const paid = options.budget === undefined ? null : withinBudget(plans, options.budget);
  return plans.map((plan) => {
    const deferred = paid !== null && plan.orderNow > 0 && !paid.has(plan);
    write(options.jsonl ? JSON.stringify({ ...plan, deferred }) : summaryOf(plan, deferred));
    return { ...plan, deferred };
  });
}

/** A plan of an item, and whether the budget defers its order. */
export type FilePlan = ItemPlan & { deferred: boolean };

function writePlayed({ periods, all, items }: StockBacktest, { jsonl }: PlanOptions, write: (line: string) => void) {
  if (jsonl) {
    for (const item of items) write(JSON.stringify(item));
    write(JSON.stringify({ id: null, periods, ...all }));
    return;
  }
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
  write(`${items.length} items over the newest ${periods} periods, each planned from what was known then:`);
  write(`  ${percent(all.fill)} of the demand served, nothing ran out in ${percent(all.cycleService)} of the periods`);
  write(
    `  ${all.meanStock.toFixed(1)} units on the shelf, worth ${all.meanStockValue.toFixed(0)}; ${all.orders} orders; cost ${all.cost.toFixed(0)}`,
  );
}

type ItemFacts = Omit<PlannedItem, keyof ItemHistory>;
type Texts = Pick<ItemFacts, 'priceBreaks' | 'unmetDemand'>;

function factsOf(value: (column: Column) => number | null, texts: Texts): ItemFacts {
  const of = (column: Exclude<Column, 'shortage_cost' | 'pack_size'>) => value(column) ?? COLUMNS[column].absent;
  return {
    stock: of('stock'),
    onOrder: of('on_order'),
    leadTime: of('lead_time'),
    unitCost: of('unit_cost'),
    orderCost: of('order_cost'),
    holdingRate: of('holding_rate'),
    // A missing unit costs at least the unit's value.
    shortageCost: value('shortage_cost') ?? of('unit_cost'),
    minimumOrder: of('minimum_order'),
    packSize: value('pack_size') ?? undefined,
    ...texts,
  };
}

function readItems({ rows, lines, separator }: Table): Map<string, ItemFacts> {
  const [header, ...body] = rows;
  const names = header.map((cell) => cell.trim().toLowerCase());
  const idAt = names.indexOf('id');
  if (idAt < 0) throw new TableError(`line 1: no column id; found ${namesShown(header)}`);
  const unknownColumns = names.filter((name) => name !== 'id' && !ALLOWED.includes(name));
  if (unknownColumns.length > 0)
    throw new TableError(`line 1: found ${namesShown(unknownColumns)}; allowed: id, ${ALLOWED.join(', ')}`);
  const items = new Map<string, ItemFacts>();
  body.forEach((cells, i) => {
    const line = lines[i + 1];
    const id = (cells[idAt] ?? '').trim();
    if (id === '') throw new TableError(`line ${line}, column ${idAt + 1}: an item without an id`);
    if (items.has(id)) throw new TableError(`line ${line}, column ${idAt + 1}: the item ${id} stands twice`);
    items.set(
      id,
      factsOf((column) => factOf(cells, names.indexOf(column), column, line, separator), textsOf(cells, names, line)),
    );
  });
  return items;
}

function factOf(cells: readonly string[], at: number, column: Column, line: number, separator: string): number | null {
  const cell = at < 0 ? '' : (cells[at] ?? '').trim();
  if (cell === '') return null;
  const value = numberOf(cell, separator);
  const { least } = COLUMNS[column];
  const whole = column !== 'lead_time' || Number.isInteger(value);
  if (Number.isFinite(value) && value >= least && value <= LARGEST && whole) return value;
  const expected =
    column === 'lead_time' ? 'a whole number of periods' : least > 0 ? 'a number above 0' : 'a number from 0 on';
  throw new TableError(
    `line ${line}, column ${at + 1} (${column}): found ${JSON.stringify(cell.slice(0, 40))}; ${expected} is needed`,
  );
}

function textsOf(cells: readonly string[], names: readonly string[], line: number): Texts {
  const cell = (name: (typeof TEXTS)[number]) => (cells[names.indexOf(name)] ?? '').trim();
  const refuse = (name: (typeof TEXTS)[number], expected: string) => {
    throw new TableError(
      `line ${line}, column ${names.indexOf(name) + 1} (${name}): found ${JSON.stringify(cell(name).slice(0, 40))}; ${expected}`,
    );
  };
  const [breaks, unmet] = [cell('price_breaks'), cell('unmet_demand').toLowerCase()];
  const priceBreaks =
    breaks === '' ? undefined : (parsePriceBreaks(breaks) ?? refuse('price_breaks', PRICE_BREAKS_EXPECTED));
  if (unmet !== '' && unmet !== 'owed' && unmet !== 'lost') refuse('unmet_demand', 'one of owed, lost is needed');
  return { ...(priceBreaks && { priceBreaks }), ...(unmet === 'lost' && { unmetDemand: unmet }) };
}

function some(ids: readonly string[]): string {
  return ids.length > 5 ? `${ids.slice(0, 5).join(', ')} …` : ids.join(', ');
}

function summaryOf(plan: ItemPlan, deferred: boolean): string {
  const order =
    plan.orderNow > 0 ? `order ${plan.orderNow}${deferred ? ' when there is money' : ' now'}` : 'order nothing';
  const risk = (100 * plan.runOutProbability).toFixed(0);
  const waiting = plan.costOfWaiting > 0 ? `; waiting costs ${plan.costOfWaiting.toPrecision(3)}` : '';
  return `${plan.id}  ${order}: ${plan.position} there or coming, ${plan.expectedDemand.toFixed(1)} expected, reorder at ${plan.reorderPoint}, up to ${plan.orderUpTo}; runs out with ${risk} %${waiting}`;
}

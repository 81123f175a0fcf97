import type { PlanItem, PlanSeries } from '#models/contracts/plan.ts';
import { type SheetCell, writeWorkbook } from '#models/tables/writeWorkbook.ts';
import { csvLine } from '../csvLine.ts';
import type { FilePlan } from './planFile.ts';

type Cell = SheetCell;

/** Rows of a sheet below its header. */
const MAX_SHEET_ROWS = 1_048_575;
const ORDER_COLUMNS = [
  'supplier',
  'item',
  'name',
  'site',
  'orderNow',
  'unit',
  'orderCost',
  'currency',
  'runOutDate',
  'costOfWaiting',
  'whyOrder',
] as const;
const PLAN_COLUMNS = [
  'item',
  'site',
  'name',
  'family',
  'supplier',
  'class',
  'method',
  'unit',
  'stock',
  'onOrder',
  'leadTimeDays',
  'expectedDemand',
  'expectedByMachines',
  'reorderPoint',
  'orderUpTo',
  'safetyStock',
  'orderNow',
  'orderCost',
  'currency',
  'deferred',
  'runOutProbability',
  'runOutDate',
  'costOfWaiting',
  'whyOrder',
  'transfersIn',
  'transfersOut',
] as const;
const TRANSFER_COLUMNS = ['item', 'name', 'from', 'to', 'quantity', 'unit', 'value', 'currency'] as const;
type Column = (typeof ORDER_COLUMNS)[number] | (typeof PLAN_COLUMNS)[number];

/** Further digits are rounding noise. */
const DIGITS = 6;

const rounded = (value: number): number => Number(value.toPrecision(DIGITS));

const rowOf = (item: PlanItem, columns: readonly Column[]): Cell[] =>
  columns.map((name) => {
    const value = item[name] ?? null;
    if (typeof value === 'object' && value !== null)
      return value.map(({ site, quantity }) => `${rounded(quantity)} ${site}`.trim()).join('; ');
    return typeof value === 'number' && !Number.isInteger(value) ? rounded(value) : value;
  });

/** Stock targets and orders, one row per item and site, ranked by the cost of waiting. */
export function planCsv(items: readonly PlanItem[]): string {
  const rows = items.map((item) => csvLine(rowOf(item, PLAN_COLUMNS)));
  return `${[PLAN_COLUMNS.join(','), ...rows].join('\n')}\n`;
}

/** Transfers to a site, one row per sender. */
function transferRows({ item, name, site, unit, unitCost, currency, transfersIn = [] }: PlanItem): Cell[][] {
  return transfersIn.map(({ site: from, quantity }) => {
    const value = unitCost === undefined ? null : rounded(quantity * unitCost);
    return [item, name, from, site, rounded(quantity), unit ?? null, value, currency ?? null];
  });
}

/** The plan, its orders and transfers due now, and the forecasts, as a workbook (.xlsx). */
export function planWorkbook(items: readonly PlanItem[], all: readonly PlanSeries[]): Uint8Array {
  const orders = items.filter((item) => item.orderNow > 0 && !item.deferred);
  const { header, rows } = forecastRows(all);
  return writeWorkbook([
    { name: 'Orders', header: ORDER_COLUMNS, rows: orders.map((item) => rowOf(item, ORDER_COLUMNS)) },
    { name: 'Transfers', header: TRANSFER_COLUMNS, rows: items.flatMap(transferRows) },
    { name: 'Plan', header: PLAN_COLUMNS, rows: items.map((item) => rowOf(item, PLAN_COLUMNS)) },
    { name: 'Forecasts', header, rows: rows.slice(0, MAX_SHEET_ROWS) },
  ]);
}

/** Plans made from files as a workbook. */
export function itemPlanWorkbook(plans: readonly FilePlan[]): Uint8Array {
  const header = Object.keys(plans[0] ?? { id: '' }) as (keyof FilePlan)[];
  return writeWorkbook([{ name: 'Plan', header: header, rows: plans.map((plan) => header.map((name) => plan[name])) }]);
}

/** Forecasts, one row per item, site and period. */
export function forecastCsv(all: readonly PlanSeries[]): string {
  const { header, rows } = forecastRows(all);
  return `${[header.join(','), ...rows.map(csvLine)].join('\n')}\n`;
}

function forecastRows(all: readonly PlanSeries[]): { header: string[]; rows: Cell[][] } {
  const levels = Object.keys(all[0]?.forecast.quantiles ?? {});
  const header = ['item', 'site', 'date', 'mean', 'by_machines', ...levels.map((l) => `q${l}`)];
  const rows = all.flatMap(({ item, site, forecast }) =>
    forecast.date.map((date, h) => {
      const fan = levels.map((level) => forecast.quantiles[level][h]);
      const values = [forecast.mean[h], forecast.byMachines[h], ...fan];
      return [item, site, date, ...values.map(rounded)];
    }),
  );
  return { header, rows };
}

import type { PlanItem, PlanSeries } from '#models/contracts/plan.ts';
import { type SheetCell, writeWorkbook } from '#models/tables/writeWorkbook.ts';
import { csvLine } from '../csvLine.ts';
import type { FilePlan } from './planFile.ts';

type Cell = SheetCell;

/** Rows of a sheet below its header. */
const MOST_SHEET_ROWS = 1_048_575;
const ORDER_COLUMNS = [
  'supplier',
  'item',
  'name',
  'site',
  'orderNow',
  'orderCost',
  'runOutDate',
  'costOfWaiting',
] as const;
const PLAN_COLUMNS = [
  'item',
  'site',
  'name',
  'family',
  'supplier',
  'class',
  'method',
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
  'deferred',
  'runOutProbability',
  'runOutDate',
  'costOfWaiting',
] as const;

/** What to hold and to order, a row an item and site, the costliest to wait for first. */
export function planCsv(items: readonly PlanItem[]): string {
  const rows = items.map((item) => csvLine(PLAN_COLUMNS.map((name) => item[name])));
  return `${[PLAN_COLUMNS.join(','), ...rows].join('\n')}\n`;
}

/** The plan, the orders of it that are to be made now, and the forecasts, as a workbook (.xlsx). */
export function planWorkbook(items: readonly PlanItem[], all: readonly PlanSeries[]): Uint8Array {
  const orders = items.filter((item) => item.orderNow > 0 && !item.deferred);
  const { header, rows } = forecastRows(all);
  return writeWorkbook([
    { name: 'Orders', header: ORDER_COLUMNS, rows: orders.map((item) => ORDER_COLUMNS.map((name) => item[name])) },
    { name: 'Plan', header: PLAN_COLUMNS, rows: items.map((item) => PLAN_COLUMNS.map((name) => item[name])) },
    { name: 'Forecasts', header, rows: rows.slice(0, MOST_SHEET_ROWS) },
  ]);
}

/** Plans made from files as a workbook. */
export function itemPlanWorkbook(plans: readonly FilePlan[]): Uint8Array {
  const header = Object.keys(plans[0] ?? { id: '' }) as (keyof FilePlan)[];
  return writeWorkbook([{ name: 'Plan', header, rows: plans.map((plan) => header.map((name) => plan[name])) }]);
}

/** What is expected, a row an item, site and period. */
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
      return [item, site, date, forecast.mean[h], forecast.byMachines[h], ...fan];
    }),
  );
  return { header, rows };
}

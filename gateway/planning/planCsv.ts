import type { PlanItem, PlanSeries } from '#models/contracts/plan.ts';
import { csvCell } from '#models/tables/csvCell.ts';

type Cell = string | number | boolean | null;

/** A line of separated values. What a spreadsheet would take for a formula is told to be text. */
function line(cells: readonly Cell[]): string {
  return cells.map(cellText).join(',');
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  return csvCell(/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
}

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
  const rows = items.map((item) => line(PLAN_COLUMNS.map((name) => item[name])));
  return `${[PLAN_COLUMNS.join(','), ...rows].join('\n')}\n`;
}

/** What is expected, a row an item, site and period. */
export function forecastCsv(all: readonly PlanSeries[]): string {
  const levels = Object.keys(all[0]?.forecast.quantiles ?? {});
  const header = ['item', 'site', 'date', 'mean', 'by_machines', ...levels.map((l) => `q${l}`)];
  const rows = all.flatMap(({ item, site, forecast }) =>
    forecast.date.map((date, h) => {
      const fan = levels.map((level) => forecast.quantiles[level][h]);
      return line([item, site, date, forecast.mean[h], forecast.byMachines[h], ...fan]);
    }),
  );
  return `${[header.join(','), ...rows].join('\n')}\n`;
}

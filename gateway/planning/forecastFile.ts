import { type Backtest, backtest } from '#models/demand/backtest.ts';
import { type ForecastSettings, forecastTable, type ItemForecast } from '#models/demand/forecastTable.ts';
import { type ItemHistory, readLong, readWide } from '#models/demand/readHistory.ts';
import { reconcileTable } from '#models/demand/reconcile.ts';
import { type NamedFile, readNamed } from '#models/tables/parseTable.ts';
import { parseWorkbookOrText } from '#models/tables/parseWorkbook.ts';
import { forecastPage } from './forecastPage.ts';
import { measuresLine } from './measuresLine.ts';

export interface ForecastOptions extends ForecastSettings {
  format: 'wide' | 'long';
  jsonl?: boolean;
  /** Also forecasts totals of families and sites, consistent with their items. */
  hierarchy?: boolean;
  /** Accuracy on the last periods instead of forecasts. */
  backtest?: boolean;
}

export interface Outputs {
  /** Writes a line to stdout. */
  write: (line: string) => void;
  /** Reports repairs and notes. */
  info: (line: string) => void;
  /** Receives an HTML page with charts; if absent, none is created. */
  page?: (html: string) => void;
}

/**
 * Forecasts each item of a file and writes a line for each, in the file's order.
 * @throws TableError if the file is not a table of histories.
 */
export function forecastFile(file: NamedFile, options: ForecastOptions, outputs: Outputs): void {
  const { write, info, page } = outputs;
  const read = options.format === 'long' ? readLong : readWide;
  const items = readNamed(file, undefined, info, read, parseWorkbookOrText);
  if (options.backtest) {
    for (const line of backtestLines(backtest(items, options), options.jsonl ?? false)) write(line);
    return;
  }
  const forecasts = options.hierarchy ? hierarchyOf(items, options, outputs) : forecastTable(items, options);
  for (const forecast of forecasts) write(options.jsonl ? JSON.stringify(forecast) : summaryOf(forecast));
  page?.(forecastPage(file.name, items, forecasts, backtest(items, options)));
}

/** Totals first, then their items. */
function hierarchyOf(
  items: readonly ItemHistory[],
  options: ForecastOptions,
  { write, info }: Outputs,
): ItemForecast[] {
  const { how, tried, items: forecasts, nodes } = reconcileTable(items, options);
  const errors = tried
    ? `error over the levels ${tried.bottom_up.toFixed(3)} bottom up, ${tried.mint.toFixed(3)} by MinT`
    : 'histories are too short to try both';
  info(`levels agree ${how === 'mint' ? 'by MinT' : 'bottom up'}: ${errors}`);
  for (const node of nodes)
    write(options.jsonl ? JSON.stringify(node) : `${node.level} ${node.id}  ${leadTimeText(node.leadTime)}`);
  return forecasts;
}

function backtestLines({ items, heldBack, steps, leadTime }: Backtest, json: boolean): string[] {
  if (json) return [JSON.stringify({ items, heldBack, steps, leadTime })];
  return [
    `${items} items were long enough; the last ${heldBack} periods were held back`,
    'a period:',
    ...steps.map(measuresLine),
    'the lead time:',
    ...leadTime.map(measuresLine),
  ];
}

function leadTimeText({ mean, quantiles }: ItemForecast['leadTime']): string {
  const levels = Object.entries(quantiles).map(
    ([level, value]) => `${Number((Number(level) * 100).toFixed(2))} %: ${Number(value.toPrecision(4))}`,
  );
  return `over the lead time ${mean.toFixed(1)} (${levels.join(', ')})`;
}

function summaryOf({ id, class: itsClass, method, leadTime, flags }: ItemForecast): string {
  const noted = flags.length > 0 ? `; ${flags.join(', ').replaceAll('_', ' ')}` : '';
  return `${id}  ${itsClass}, ${method}; ${leadTimeText(leadTime)}${noted}`;
}

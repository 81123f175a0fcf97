import { type ForecastSettings, forecastTable, type ItemForecast } from '#models/demand/forecastTable.ts';
import { readLong, readWide } from '#models/demand/readHistory.ts';
import { type NamedFile, readNamed } from '#models/tables/parseTable.ts';

export interface ForecastOptions extends ForecastSettings {
  format: 'wide' | 'long';
  jsonl?: boolean;
}

/**
 * Forecasts each item of a file and writes a line for each, in the file's order.
 * @param say what was repaired on the way.
 * @throws TableError where the file is no table of histories.
 */
export function forecastFile(
  file: NamedFile,
  options: ForecastOptions,
  write: (line: string) => void,
  say: (line: string) => void,
): void {
  const items = readNamed(file, undefined, say, options.format === 'long' ? readLong : readWide);
  for (const forecast of forecastTable(items, options)) {
    write(options.jsonl ? JSON.stringify(forecast) : summaryOf(forecast));
  }
}

function summaryOf({ id, class: itsClass, method, leadTime, flags }: ItemForecast): string {
  const quantiles = Object.entries(leadTime.quantiles).map(
    ([level, value]) => `${Number(level) * 100} %: ${Number(value.toPrecision(4))}`,
  );
  const noted = flags.length > 0 ? `; ${flags.join(', ').replaceAll('_', ' ')}` : '';
  return `${id}  ${itsClass}, ${method}; over the lead time ${leadTime.mean.toFixed(1)} (${quantiles.join(', ')})${noted}`;
}

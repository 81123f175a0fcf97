import type { Backtest } from '#models/demand/backtest.ts';
import type { ItemForecast } from '#models/demand/forecastTable.ts';
import type { ItemHistory } from '#models/demand/readHistory.ts';
import { htmlPage } from '#models/reports/page.ts';
import { measuresLine } from './measuresLine.ts';

/** Number of items drawn: the largest. */
const DRAWN = 40;
const WIDTH = 460;
const HEIGHT = 200;
const MARGIN = 34;

/** One page of a forecast: actual demand, the fan of the forecast, and the coverage of such fans. */
export function forecastPage(
  file: string,
  items: readonly ItemHistory[],
  forecasts: readonly ItemForecast[],
  tested: Backtest,
): string {
  const order = items
    .map((item, i) => ({ item, forecast: forecasts[i] }))
    .sort((a, b) => b.forecast.leadTime.mean - a.forecast.leadTime.mean);
  const lines = [
    `${items.length} items; the ${Math.min(DRAWN, items.length)} with the largest demand of the lead time are drawn`,
    '',
    `Backtest: the last ${tested.heldBack} periods of ${tested.items} items held back. A period:`,
    ...tested.steps.map(measuresLine),
    'The lead time:',
    ...tested.leadTime.map(measuresLine),
  ];
  const figures = order.slice(0, DRAWN).map(({ item, forecast }) => ({
    svg: fanSvg(item.history, forecast),
    caption: `${item.id}: ${forecast.class}, ${forecast.method}${forecast.flags.length > 0 ? ` (${forecast.flags.join(', ').replaceAll('_', ' ')})` : ''}. ${forecast.why}.`,
  }));
  return htmlPage(`Forecast of ${file}`, lines, figures);
}

/** History as a line, then a band between each pair of outer quantiles, and the mean. */
function fanSvg(history: readonly number[], { mean, quantiles }: ItemForecast): string {
  const shown = history.slice(-4 * Math.max(6, mean.length));
  const levels = Object.values(quantiles);
  const most = Math.max(1e-9, ...shown, ...mean, ...levels.flat());
  const n = shown.length + mean.length;
  const x = (t: number) => MARGIN + (t / Math.max(1, n - 1)) * (WIDTH - 1.3 * MARGIN);
  const y = (v: number) => HEIGHT - MARGIN / 2 - (v / most) * (HEIGHT - MARGIN);
  const path = (values: readonly number[], from: number) =>
    values.map((v, i) => `${i === 0 ? 'M' : 'L'}${x(from + i).toFixed(1)} ${y(v).toFixed(1)}`).join('');
  const bands = Array.from({ length: levels.length >> 1 }, (_, i) => {
    const [low, high] = [levels[i], levels[levels.length - 1 - i]];
    const back = [...low]
      .reverse()
      .map((v, j) => `L${x(shown.length + low.length - 1 - j).toFixed(1)} ${y(v).toFixed(1)}`);
    return `<path d="${path(high, shown.length)}${back.join('')}Z" fill="#2563eb" fill-opacity=".15"/>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" font-size="11" role="img"><text x="2" y="${y(most) + 4}">${Number(most.toPrecision(3))}</text><text x="2" y="${y(0)}">0</text>${bands.join('')}<path d="${path(shown, 0)}" fill="none" stroke="#555"/><path d="${path(mean, shown.length)}" fill="none" stroke="#2563eb" stroke-width="2"/></svg>`;
}

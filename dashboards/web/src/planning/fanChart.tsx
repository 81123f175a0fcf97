import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { t } from '../i18n/i18n.ts';
import 'uplot/dist/uPlot.min.css';
import type { PlanSeries } from '#models/contracts/plan.ts';
import { number } from '../format.ts';
import { onThemeSwitch } from '../theme.ts';
import { timeTicks } from '../timeTicks.ts';

const HEIGHT = 280;

type Period = 'day' | 'week' | 'month' | 'period';
const PER: Record<Period, (unit: string) => string> = {
  day: (unit) => t('{{unit}} a day', { unit }),
  week: (unit) => t('{{unit}} a week', { unit }),
  month: (unit) => t('{{unit}} a month', { unit }),
  period: (unit) => t('{{unit}} a period', { unit }),
};

/** Actual demand, the earlier forecasts for it, and the fan of the current forecast. */
export function FanChart({ series, unit }: { series: PlanSeries; unit?: string }) {
  const holder = useRef<HTMLDivElement>(null);
  const demand = PER[periodOf(series)](unit === 'each' || unit === undefined ? t('units') : unit);
  useEffect(() => {
    const element = holder.current as HTMLDivElement;
    const plot = new uPlot(options(element, demand), dataOf(series), element);
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    const leaveTheme = onThemeSwitch(() => plot.redraw(false, true));
    return () => {
      watch.disconnect();
      leaveTheme();
      plot.destroy();
    };
  }, [series, demand]);
  return (
    <figure class="chart">
      <figcaption>
        {t('Demand, {{demand}}', { demand })}{' '}
        <small>{t('line: actual; dashes: earlier forecasts; bands: 50 % and 90 % intervals')}</small>
      </figcaption>
      <div ref={holder} role="img" aria-label={`${t('Demand, {{demand}}', { demand })}. ${summaryOf(series)}`} />
    </figure>
  );
}

/** Dates are the first days of periods. */
function periodOf({ forecast: { date } }: PlanSeries): Period {
  const days = (Date.parse(date[1]) - Date.parse(date[0])) / 86_400_000;
  if (!(days > 0)) return 'period';
  return days < 2 ? 'day' : days < 8 ? 'week' : 'month';
}

function summaryOf({ history, forecast }: PlanSeries): string {
  const last = history.quantity.at(-1);
  const [low, high] = [forecast.quantiles['0.05']?.[0] ?? 0, forecast.quantiles['0.95']?.[0] ?? 0];
  return t('Last {{last}}, next {{mean}} ({{low}} to {{high}}), of which machines {{byMachines}}.', {
    last: last === undefined ? t('unknown') : number(last),
    mean: number(forecast.mean[0] ?? 0),
    low: number(low),
    high: number(high),
    byMachines: number(forecast.byMachines[0] ?? 0),
  });
}

type Column = (number | null)[];

/** Columns: time, actual demand, earlier forecasts, the mean forecast, and the four edges of the bands. */
function dataOf({ history, forecast }: PlanSeries): uPlot.AlignedData {
  const x = [...history.date, ...forecast.date].map((d) => Date.parse(`${d}T00:00:00Z`) / 1000);
  const ahead = (values: readonly number[]): Column => [...history.date.map(() => null), ...values];
  const behind = (values: readonly (number | null)[]): Column => [...values, ...forecast.date.map(() => null)];
  const edges = ['0.05', '0.25', '0.75', '0.95'].map((level) => ahead(forecast.quantiles[level] ?? []));
  return [x, behind(history.quantity), behind(history.told), ahead(forecast.mean), ...edges] as uPlot.AlignedData;
}

function options(element: HTMLElement, demand: string): uPlot.Options {
  const colour = (name: string) => getComputedStyle(element).getPropertyValue(name).trim();
  const axis = {
    stroke: () => colour('--quiet'),
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { stroke: () => colour('--line') },
  };
  const hidden: uPlot.Series = { width: 0, points: { show: false } };
  const band = () => `color-mix(in srgb, ${colour('--accent')} 22%, transparent)`;
  return {
    width: element.clientWidth,
    height: HEIGHT,
    scales: { x: { time: true }, y: { range: (_, __, max) => [0, max * 1.1 || 1] } },
    axes: [
      { ...axis, values: timeTicks, space: 90 },
      { ...axis, size: 56, label: demand, labelSize: 18, labelFont: '12px system-ui, sans-serif' },
    ],
    series: [
      {},
      { stroke: () => colour('--text'), width: 1.5, points: { show: false } },
      { stroke: () => colour('--quiet'), width: 1, dash: [4, 4], points: { show: true, size: 4 } },
      { stroke: () => colour('--accent'), width: 2, points: { show: false } },
      hidden,
      hidden,
      hidden,
      hidden,
    ],
    bands: [
      { series: [7, 4], fill: band },
      { series: [6, 5], fill: band },
    ],
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
  };
}

import type { PlanSeries } from '#models/contracts/plan.ts';
import type { ItemForecast } from '#models/demand/forecastTable.ts';
import { groupedBy } from '#models/groupedBy.ts';
import { startOf } from '#models/supply/periods.ts';
import type { MachineDemand } from './machineDemand.ts';
import type { OrderFacts } from './orderPlan.ts';
import { placeKey } from './placeKey.ts';
import type { DemandForecast } from './planMemory.ts';
import { FAN_LEVELS, type PlanSettings } from './planSettings.ts';

export type ForecastsByPlace = ReadonlyMap<string, readonly DemandForecast[]>;

/** Recorded forecasts grouped by `placeKey`: item and site. */
export const forecastsByPlace = (demands: readonly DemandForecast[]): ForecastsByPlace => groupedBy(demands, placeKey);

/** Periods of history shown in a chart. */
const SHOWN_PERIODS = 60;

/** First days of `count` periods, from `first` on. */
export function datesFrom(first: number, count: number, { period }: PlanSettings): string[] {
  return Array.from({ length: count }, (_, i) => startOf(period, first + i));
}

/** History and fan of one item, in columns for a chart. */
export function seriesOf(
  facts: OrderFacts,
  earlier: ForecastsByPlace,
  nextPeriod: number,
  settings: PlanSettings,
): PlanSeries {
  const { place, forecast, machines } = facts;
  const shown = place.history.slice(-SHOWN_PERIODS);
  const first = nextPeriod - shown.length;
  const recorded = new Map((earlier.get(placeKey(place)) ?? []).map((d) => [d.period, d]));
  const describe = (value: (d: DemandForecast) => number) =>
    shown.map((_, i) => {
      const known = recorded.get(first + i);
      return known === undefined ? null : value(known);
    });
  const fan = fanOf(forecast, machines, settings);
  return {
    item: place.item,
    site: place.site,
    history: {
      date: datesFrom(first, shown.length, settings),
      quantity: shown,
      byMachines: place.byMachines.slice(-SHOWN_PERIODS),
      told: describe((d) => d.mean),
      toldLow: describe((d) => d.fan[0]),
      toldHigh: describe((d) => d.fan[d.fan.length - 1]),
    },
    forecast: { date: datesFrom(nextPeriod, settings.horizon, settings), ...fan },
    outliers: place.outliers.map(({ period, quantity, usual }) => ({
      date: startOf(settings.period, period),
      quantity,
      usual,
    })),
    unitChange: place.unitChange && {
      date: startOf(settings.period, place.unitChange.period),
      factor: place.unitChange.factor,
    },
  };
}

function fanOf(
  forecast: ItemForecast,
  machines: MachineDemand | null,
  settings: PlanSettings,
): Omit<PlanSeries['forecast'], 'date'> {
  const { horizon } = settings;
  const mean = forecast.mean.slice(0, horizon);
  if (machines === null) return { mean, byMachines: mean.map(() => 0), quantiles: forecast.quantiles };
  const steps = machines.steps(settings, horizon, (h) => ({
    mean: mean[h],
    quantiles: FAN_LEVELS.map((level) => forecast.quantiles[String(level)][h]),
  }));
  return {
    mean: steps.map((s) => s.law.mean),
    byMachines: steps.map((s) => s.byMachines),
    quantiles: Object.fromEntries(FAN_LEVELS.map((level, j) => [String(level), steps.map((s) => s.fan[j])])),
  };
}

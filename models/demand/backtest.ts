import { type DemandClass, demandClass } from './demandClass.ts';
import { type ForecastSettings, forecastTable, type ItemForecast } from './forecastTable.ts';
import { type ForecastOutcome, type Measures, measuresOf, seasonalScale } from './measures.ts';
import type { ItemHistory } from './readHistory.ts';
import { SeasonalNaive } from './seasonalNaive.ts';

export interface Backtest {
  /** Items with a sufficient history. */
  items: number;
  /** Periods that were held back. */
  heldBack: number;
  /** For each period; by class, and in total. */
  steps: ClassMeasures[];
  /** For the sum over the lead time. */
  leadTime: ClassMeasures[];
}

export interface ClassMeasures {
  class: DemandClass | 'all';
  items: number;
  measures: Measures;
}

/** Shortest history that is forecast from. */
const MIN_LEFT = 4;

/**
 * Accuracy of forecasts of this table: the last periods (as many as the horizon, or the lead time if longer) are held
 * back, forecast from the earlier ones, and compared. There is one origin; an item's class is that at the origin.
 */
export function backtest(items: readonly ItemHistory[], settings: ForecastSettings): Backtest {
  const heldBack = Math.max(settings.horizon, settings.leadTime);
  const kept = items.filter(({ history }) => history.length >= heldBack + MIN_LEFT);
  const cut = kept.map((item) => ({ ...item, history: item.history.slice(0, -heldBack) }));
  const forecasts = forecastTable(cut, { ...settings, horizon: heldBack });
  const classes = cut.map(({ history }) => demandClass(history));
  const steps = kept.map((item, i) => judgedSteps(item, forecasts[i], settings));
  const sums = kept.map((item, i) => judgedSum(item, forecasts[i], settings));
  return { items: kept.length, heldBack, steps: byClass(classes, steps), leadTime: byClass(classes, sums) };
}

/** Benchmark of forecasts: the last season repeated. */
export function naiveOf(history: readonly number[], period: number, horizon: number): number[] {
  const naive = new SeasonalNaive(period);
  naive.fit(history);
  return naive.predict(horizon);
}

function judgedSteps(
  { history }: ItemHistory,
  forecast: ItemForecast,
  { horizon, frequency, leadTime }: ForecastSettings,
): ForecastOutcome {
  const heldBack = Math.max(horizon, leadTime);
  const before = history.slice(0, -heldBack);
  return {
    actual: history.slice(-heldBack),
    mean: forecast.mean.slice(0, heldBack),
    naive: naiveOf(before, frequency[0], heldBack),
    quantiles: forecast.quantiles,
    scale: seasonalScale(before, frequency[0]),
  };
}

function judgedSum(item: ItemHistory, forecast: ItemForecast, settings: ForecastSettings): ForecastOutcome {
  const { leadTime } = settings;
  const steps = judgedSteps(item, forecast, settings);
  const sum = (values: readonly number[]) => values.slice(0, leadTime).reduce((a, b) => a + b, 0);
  return {
    actual: [sum(steps.actual)],
    mean: [forecast.leadTime.mean],
    naive: [sum(steps.naive)],
    quantiles: Object.fromEntries(Object.entries(forecast.leadTime.quantiles).map(([level, q]) => [level, [q]])),
    scale: steps.scale * leadTime,
  };
}

function byClass(classes: readonly DemandClass[], judged: readonly ForecastOutcome[]): ClassMeasures[] {
  const names = [...new Set(classes)].sort();
  const groups = [...names.map((name) => [name, judged.filter((_, i) => classes[i] === name)] as const)];
  return [...groups, ['all', judged] as const].flatMap(([name, group]) => {
    const measures = measuresOf(group);
    return measures ? [{ class: name, items: group.length, measures }] : [];
  });
}

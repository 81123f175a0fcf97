import { student4Quantile } from '#models/statistics/quantiles.ts';
import { type DemandClass, demandClass } from './demandClass.ts';
import { leadTimeDemand } from './leadTimeDemand.ts';
import { MeanOfThree } from './meanOfThree.ts';
import type { ItemHistory } from './readHistory.ts';
import { SeveralSeasons } from './severalSeasons.ts';

export interface ForecastSettings {
  horizon: number;
  /** Periods of a season; several, rising, where seasons lie within each other (24, 168). */
  frequency: readonly number[];
  /** Rising, between 0 and 1. */
  quantiles: readonly number[];
  /** The whole protection interval, in periods. */
  leadTime: number;
}

export type ForecastFlag = 'no_demand_in_history' | 'short_history' | 'new' | 'dying' | 'seasonal';

export interface ItemForecast {
  id: string;
  class: DemandClass;
  /** Of parts, the distribution that weighs most among those that are averaged. */
  method: string;
  /** Demand a period, at least the lead time's periods. */
  mean: number[];
  /** By level, a value a period. */
  quantiles: Record<string, number[]>;
  leadTime: { mean: number; quantiles: Record<string, number> };
  flags: ForecastFlag[];
}

/** Longer seasons than this are taken by profiles. */
const LONGEST_SMOOTHED_SEASON = 24;
/** Whole numbers below this mean are counts, as of parts, even where no period was without demand. */
const COUNT_MEAN = 30;
/** Mean intervals without a demand, and no fewer periods than a season, after which an item is called dying. */
const DYING_INTERVALS = 4;

/**
 * Forecasts of all items of a table. Items that had a period without demand, and small counts, are parts: they are
 * forecast from what all of them together teach. Others are series, each by its own past. The answer does not depend
 * on names, nor on the order of items.
 */
export function forecastTable(items: readonly ItemHistory[], settings: ForecastSettings): ItemForecast[] {
  const forecasts = new Map<string, ItemForecast>();
  const parts = items.filter(({ history }) => isPart(history));
  for (const forecast of forecastParts(parts, settings)) forecasts.set(forecast.id, forecast);
  return items.map((item) => forecasts.get(item.id) ?? forecastSeries(item, settings));
}

export interface LeadTimeLaw {
  mean: number;
  /** At the levels of the settings. */
  quantiles: number[];
  method: string;
}

/** Demand of the lead time alone, for each item in order; `teachers` are further items to learn from. */
export function leadTimeLaws(
  items: readonly ItemHistory[],
  settings: Pick<ForecastSettings, 'frequency' | 'quantiles' | 'leadTime'>,
  teachers: readonly ItemHistory[] = [],
): LeadTimeLaw[] {
  const { leadTime, quantiles } = settings;
  const parts = items.filter(({ history }) => isPart(history));
  const learned = [...parts, ...teachers.filter(({ history }) => isPart(history))];
  const known = leadTimeDemand(
    learned.map(({ history }) => Float64Array.from(history)),
    leadTime,
    quantiles,
    parts.length,
  );
  const byItem = new Map(parts.map((item, i) => [item, known[i]]));
  return items.map((item) => {
    const part = byItem.get(item);
    if (part) return part;
    const { method, leadTime: law } = forecastSeries(item, { ...settings, horizon: leadTime });
    return { mean: law.mean, quantiles: quantiles.map((level) => law.quantiles[String(level)]), method };
  });
}

function isPart(history: readonly number[]): boolean {
  const mean = history.reduce((a, b) => a + b, 0) / history.length;
  return history.includes(0) || (mean < COUNT_MEAN && history.every(Number.isInteger));
}

function forecastParts(parts: readonly ItemHistory[], settings: ForecastSettings): ItemForecast[] {
  if (parts.length === 0) return [];
  const { leadTime, quantiles } = settings;
  const periods = Math.max(settings.horizon, leadTime);
  const histories = parts.map(({ history }) => Float64Array.from(history));
  const lead = leadTimeDemand(histories, leadTime, quantiles);
  const step = leadTime === 1 ? lead : leadTimeDemand(histories, 1, quantiles);
  return parts.map(({ id, history }, i) => {
    const rounded = history.every(Number.isInteger) ? Math.round : (v: number) => v;
    return {
      id,
      class: demandClass(history),
      method: lead[i].method,
      mean: new Array(periods).fill(lead[i].mean / leadTime),
      quantiles: byLevel(quantiles, (j) => new Array(settings.horizon).fill(rounded(step[i].quantiles[j]))),
      leadTime: { mean: lead[i].mean, quantiles: byLevel(quantiles, (j) => rounded(lead[i].quantiles[j])) },
      flags: flagsOf(history, settings),
    };
  });
}

function forecastSeries({ id, history }: ItemHistory, settings: ForecastSettings): ItemForecast {
  const { horizon, frequency, quantiles, leadTime } = settings;
  const long = frequency.length > 1 || frequency[0] > LONGEST_SMOOTHED_SEASON;
  const forecaster = long ? new SeveralSeasons(frequency, horizon) : new MeanOfThree(frequency[0]);
  forecaster.fit(history);
  const mean = forecaster.predict(Math.max(horizon, leadTime));
  const scale = forecaster.errorScale(horizon, leadTime);
  const leadMean = mean.slice(0, leadTime).reduce((a, b) => a + b, 0);
  const whole = history.every(Number.isInteger);
  const at = (centre: number, itsScale: number, level: number) => {
    const value = Math.max(0, centre + itsScale * student4Quantile(level));
    return whole ? Math.round(value) : value;
  };
  const seasonal = forecaster instanceof MeanOfThree && forecaster.seasonal;
  return {
    id,
    class: demandClass(history),
    method: forecaster.name,
    mean,
    quantiles: byLevel(quantiles, (j) => scale.steps.map((s, h) => at(mean[h], s, quantiles[j]))),
    leadTime: { mean: leadMean, quantiles: byLevel(quantiles, (j) => at(leadMean, scale.sum, quantiles[j])) },
    flags: [...flagsOf(history, settings), ...(seasonal ? (['seasonal'] as const) : [])],
  };
}

function flagsOf(history: readonly number[], { frequency }: ForecastSettings): ForecastFlag[] {
  const demands = history.filter((v) => v > 0).length;
  if (demands === 0) return ['no_demand_in_history'];
  const flags: ForecastFlag[] = [];
  if (history.length < frequency[0]) flags.push('new');
  if (history.length < 2 * frequency[0]) flags.push('short_history');
  const silent = history.length - 1 - history.findLastIndex((v) => v > 0);
  if (silent > Math.max(frequency[0], (DYING_INTERVALS * history.length) / demands)) flags.push('dying');
  return flags;
}

function byLevel<T>(levels: readonly number[], value: (i: number) => T): Record<string, T> {
  return Object.fromEntries(levels.map((level, i) => [String(level), value(i)]));
}

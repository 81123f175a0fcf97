import { student4Quantile } from '#models/statistics/quantiles.ts';
import { borrowedLaw, type Family, familyOf, isNew } from './borrowed.ts';
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

export type ForecastFlag =
  | 'no_demand_in_history'
  | 'short_history'
  | 'new'
  | 'dying'
  | 'seasonal'
  | 'borrowed_from_family';

export interface ItemForecast {
  id: string;
  class: DemandClass;
  /** Of parts, the distribution that weighs most among those that are averaged. */
  method: string;
  /** Why this method, in a sentence. */
  why: string;
  /** Demand a period, at least the lead time's periods. */
  mean: number[];
  /** By level, a value a period. */
  quantiles: Record<string, number[]>;
  leadTime: { mean: number; quantiles: Record<string, number> };
  flags: ForecastFlag[];
}

const WHY_PART =
  'periods without demand, or small counts: the lead time’s distribution, of six ways to make one weighed by how they did at two origins of the past among items of this class; this one weighs most';
const WHY_SERIES = 'demand in every period: the mean of three methods errs less than each of them';
const WHY_LONG = 'a long season, or several: the best eight ways of three origins of the past, by their errors';

/** Longer seasons than this are taken by profiles. */
const LONGEST_SMOOTHED_SEASON = 24;
/** Whole numbers below this mean are counts, as of parts, even where no period was without demand. */
const COUNT_MEAN = 30;
/** Mean intervals without a demand, and no fewer periods than a season, after which an item is called dying. */
const DYING_INTERVALS = 4;

/**
 * Forecasts of all items of a table. Items that had a period without demand, and small counts, are parts: they are
 * forecast from what all of them together teach. Others are series, each by its own past. New items of a family with
 * grown ones borrow from them. The answer does not depend on names, nor on the order of items.
 */
export function forecastTable(items: readonly ItemHistory[], settings: ForecastSettings): ItemForecast[] {
  const forecasts = new Map<ItemHistory, ItemForecast>();
  const families = familiesOf(items, settings.frequency[0]);
  for (const item of items) {
    const family = borrowsFrom(item, families, settings.frequency[0]);
    if (family) forecasts.set(item, forecastNew(item, family, settings));
  }
  const parts = items.filter((item) => !forecasts.has(item) && isPart(item.history));
  forecastParts(parts, settings).forEach((forecast, i) => {
    forecasts.set(parts[i], forecast);
  });
  return items.map((item) => forecasts.get(item) ?? forecastSeries(item, settings));
}

/** Of families that a new item belongs to. */
function familiesOf(items: readonly ItemHistory[], period: number): Map<string, Family> {
  const wanted = new Set(items.flatMap(({ family, history }) => (family && isNew(history, period) ? [family] : [])));
  const families = [...wanted].flatMap((name) => {
    const peers = items.filter(({ family, history }) => family === name && !isNew(history, period));
    const family = familyOf(
      peers.map(({ history }) => history),
      period,
    );
    return family ? [[name, family] as const] : [];
  });
  return new Map(families);
}

function borrowsFrom(
  { family, history }: ItemHistory,
  families: ReadonlyMap<string, Family>,
  period: number,
): Family | undefined {
  return family !== undefined && isNew(history, period) ? families.get(family) : undefined;
}

function forecastNew({ id, history, family }: ItemHistory, its: Family, settings: ForecastSettings): ItemForecast {
  const { horizon, leadTime, quantiles } = settings;
  const whole = history.every(Number.isInteger);
  const { mean, steps, lead } = borrowedLaw(history, its, { horizon, leadTime, levels: quantiles, whole });
  return {
    id,
    class: demandClass(history),
    method: 'family',
    why: `${history.length} periods of its own; the rest is borrowed from ${its.peers} items of the family ${family}`,
    mean,
    quantiles: byLevel(quantiles, (j) => steps.map((step) => step[j])),
    leadTime: { mean: lead.mean, quantiles: byLevel(quantiles, (j) => lead.quantiles[j]) },
    flags: [...flagsOf(history, settings), 'borrowed_from_family'],
  };
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
  const { leadTime, quantiles, frequency } = settings;
  const families = familiesOf([...items, ...teachers], frequency[0]);
  const borrowers = new Map(
    items.flatMap((item) => {
      const family = borrowsFrom(item, families, frequency[0]);
      return family ? [[item, family] as const] : [];
    }),
  );
  const parts = items.filter((item) => !borrowers.has(item) && isPart(item.history));
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
    const family = borrowers.get(item);
    if (family) {
      const whole = item.history.every(Number.isInteger);
      const { lead } = borrowedLaw(item.history, family, { horizon: 1, leadTime, levels: quantiles, whole });
      return { ...lead, method: 'family' };
    }
    const { method, leadTime: law } = forecastSeries(item, { ...settings, horizon: leadTime });
    return { mean: law.mean, quantiles: quantiles.map((level) => law.quantiles[String(level)]), method };
  });
}

function isPart(history: readonly number[]): boolean {
  if (history.length === 0) return true;
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
      why: WHY_PART,
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
    why: long ? WHY_LONG : WHY_SERIES,
    mean,
    quantiles: byLevel(quantiles, (j) => scale.steps.map((s, h) => at(mean[h], s, quantiles[j]))),
    leadTime: { mean: leadMean, quantiles: byLevel(quantiles, (j) => at(leadMean, scale.sum, quantiles[j])) },
    flags: [...flagsOf(history, settings), ...(seasonal ? (['seasonal'] as const) : [])],
  };
}

function flagsOf(history: readonly number[], { frequency }: ForecastSettings): ForecastFlag[] {
  const demands = history.filter((v) => v > 0).length;
  if (demands === 0) return history.length < frequency[0] ? ['no_demand_in_history', 'new'] : ['no_demand_in_history'];
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

import { borrowedLaw, type Family, familyOf, isNew } from './borrowed.ts';
import { countUnit, countUnits, wholeUnits } from './countUnit.ts';
import { dampOutliers } from './dampOutliers.ts';
import { type DemandClass, demandClass } from './demandClass.ts';
import { demandWithin } from './demandWithin.ts';
import { errorLawOf } from './errorLaw.ts';
import { createForecaster } from './forecasters.ts';
import { InOwnUnit, type ScaledForecaster } from './inOwnUnit.ts';
import { leadTimeDemand } from './leadTimeDemand.ts';
import { MeanOfThree } from './meanOfThree.ts';
import { isPart } from './partOrSeries.ts';
import type { ItemHistory } from './readHistory.ts';
import { hasSeason, withWeek } from './season.ts';
import { SeveralSeasons } from './severalSeasons.ts';
import { sinceFirstDemand } from './sinceFirstDemand.ts';
import { sinceStep } from './sinceStep.ts';
import { WithErrors } from './withErrors.ts';

export interface ForecastSettings {
  horizon: number;
  /** Periods of a season; several, rising, for nested seasons (24, 168). */
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
  | 'outliers'
  | 'borrowed_from_family';

export interface ItemForecast {
  id: string;
  class: DemandClass;
  /** For parts, the distribution with the largest weight in the average. */
  method: string;
  /** Why this method, in a sentence. */
  why: string;
  /** Demand a period, for at least the lead time. */
  mean: number[];
  /** By level, one value a period. */
  quantiles: Record<string, number[]>;
  leadTime: { mean: number; quantiles: Record<string, number> };
  flags: ForecastFlag[];
}

const WHY_PART =
  'periods without demand, or small counts, and neither trend nor season that is plain: the lead time’s distribution, of six ways to make one weighed by how they did at two origins of the past among items of this class; this one weighs most';
const WHY_SERIES =
  'regular demand, a plain trend or a plain season: the mean of three methods errs less than each of them';
const WHY_REPLACED = 'the usual method had turned bad; this one erred least at the newest origins';
const WHY_LONG = 'a long season, or several: the best eight ways of three origins of the past, by their errors';

/** Longer seasons are modelled by profiles. */
const LONGEST_SMOOTHED_SEASON = 24;
/** An item is flagged as dying after this many mean intervals without demand, and at least a season. */
const DYING_INTERVALS = 4;

/**
 * Forecasts of all items of a table. Parts (see `isPart`) are forecast from all of them together, series each from its
 * own past. New items borrow from grown ones of their family. The result does not depend on names or on the order of
 * items.
 */
export function forecastTable(given: readonly ItemHistory[], settings: ForecastSettings): ItemForecast[] {
  const items = withHistories(given, settings.frequency[0]);
  const forecasts = new Map<Item, ItemForecast>();
  const families = familiesOf(items, settings.frequency[0]);
  for (const item of items) {
    const family = borrowsFrom(item, families, settings.frequency[0]);
    if (family) forecasts.set(item, forecastNew(item, family, settings));
  }
  const parts = items.filter(
    (item) => !forecasts.has(item) && !item.method && isPart(item.history, settings.frequency[0]),
  );
  forecastParts(parts, settings).forEach((forecast, i) => {
    forecasts.set(parts[i], forecast);
  });
  return items.map((item) => forecasts.get(item) ?? forecastSeries(item, settings));
}

/** An item whose history begins with its first demand. */
interface Item extends ItemHistory {
  /** Periods without demand before it. */
  waited: number;
}

/** Items from their first demand on. An item without a history and without a family has never had demand. */
function withHistories(given: readonly ItemHistory[], period: number): Item[] {
  const items = given.map((item) => {
    const history = sinceFirstDemand(item.history);
    return { ...item, history, waited: item.history.length - history.length };
  });
  if (items.every(({ history }) => history.length > 0)) return items;
  const families = familiesOf(items, period);
  return items.map((item) =>
    item.history.length > 0 || borrowsFrom(item, families, period) ? item : { ...item, history: [0] },
  );
}

/** Families of new items. */
function familiesOf(items: readonly ItemHistory[], period: number): Map<string, Family> {
  const familyNames = new Set(
    items.flatMap(({ family, history }) => (family && isNew(history, period) ? [family] : [])),
  );
  const families = [...familyNames].flatMap((name) => {
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

/**
 * Demand of each lead time alone, by lead time and then by item, in order; `teachers` are further items to learn from,
 * without a result.
 * @param leadTimes rising, at least 1.
 * @param elapsed share of the first period ahead that has passed, below 1: lead times begin then.
 */
export function leadTimeLaws(
  given: readonly ItemHistory[],
  settings: Pick<ForecastSettings, 'frequency' | 'quantiles'>,
  leadTimes: readonly number[],
  teachers: readonly ItemHistory[] = [],
  elapsed = 0,
): LeadTimeLaw[][] {
  const { quantiles, frequency } = settings;
  const all = withHistories([...given, ...teachers], frequency[0]);
  const items = all.slice(0, given.length);
  const families = familiesOf(all, frequency[0]);
  const kinds = items.map((item) => ({ item, family: borrowsFrom(item, families, frequency[0]) }));
  const isPooled = (item: ItemHistory) => !item.method && isPart(item.history, frequency[0]);
  const parts = kinds.filter(({ item, family }) => !family && isPooled(item)).map(({ item }) => item);
  const taught = [...parts, ...all.slice(given.length).filter(isPooled)].map((item) =>
    trainingHistory(item, frequency),
  );
  const longest = leadTimes[leadTimes.length - 1];
  const fits = new Map(
    kinds.flatMap(({ item, family }) =>
      family || isPooled(item) ? [] : [[item, fitSeries(item, frequency, longest)]],
    ),
  );
  return leadTimes.map((leadTime) => {
    const pooled = leadTimeDemand(taught, leadTime, quantiles, parts.length);
    const byItem = new Map(parts.map((item, i) => [item, pooled[i]]));
    return kinds.map(({ item, family }) => {
      const part = byItem.get(item);
      if (part) return part;
      if (family) {
        const whole = item.history.every(Number.isInteger);
        const options = { horizon: 1, leadTime, levels: quantiles, whole, elapsed };
        const { lead } = borrowedLaw(item.history, family, options);
        return { ...lead, method: 'family' };
      }
      return (fits.get(item) as SeriesFit).sum(leadTime, quantiles, elapsed);
    });
  });
}

function forecastParts(parts: readonly Item[], settings: ForecastSettings): ItemForecast[] {
  if (parts.length === 0) return [];
  const { leadTime, quantiles } = settings;
  const periods = Math.max(settings.horizon, leadTime);
  const histories = parts.map((item) => trainingHistory(item, settings.frequency));
  const lead = leadTimeDemand(histories, leadTime, quantiles);
  const step = leadTime === 1 ? lead : leadTimeDemand(histories, 1, quantiles);
  const units = countUnits(histories);
  return parts.map(({ id, history }, i) => {
    const measured = histories[i].some((v) => v > 0) && countUnit(histories[i]) === null;
    const rounded = (v: number) => (measured ? v : wholeUnits(v, units[i]));
    return {
      id,
      class: demandClass(history),
      method: lead[i].method,
      why: WHY_PART,
      mean: new Array(periods).fill(lead[i].mean / leadTime),
      quantiles: byLevel(quantiles, (j) => new Array(settings.horizon).fill(rounded(step[i].quantiles[j]))),
      leadTime: { mean: lead[i].mean, quantiles: byLevel(quantiles, (j) => rounded(lead[i].quantiles[j])) },
      flags: [
        ...flagsOf(history, settings),
        ...(dampOutliers(history, settings.frequency, 'part') !== history ? (['outliers'] as const) : []),
      ],
    };
  });
}

/**
 * Training history of a part. Periods before its first demand are not part of it, but show how soon parts without
 * demand get their first one.
 */
function trainingHistory({ history, waited }: Item, frequency: readonly number[]): Float64Array {
  const usual = dampOutliers(history, frequency, 'part');
  const since = sinceStep(usual);
  return Float64Array.from(since === usual ? [...new Array(waited).fill(0), ...usual] : since);
}

interface SeriesFit {
  forecaster: ScaledForecaster;
  /** A long season, or several. */
  long: boolean;
  seasonal: boolean;
  /** Some of the history was excluded from training. */
  outliers: boolean;
  /** Quantiles of the sum of `periods` about its forecast, whose error has that scale. */
  about(centre: number, scale: number, periods: number, levels: readonly number[]): number[];
  sum(leadTime: number, levels: readonly number[], elapsed: number): LeadTimeLaw;
}

function fitSeries({ history, method }: ItemHistory, requestedPeriods: readonly number[], horizon: number): SeriesFit {
  const frequency = withWeek(history, requestedPeriods);
  const long = frequency.length > 1 || frequency[0] > LONGEST_SMOOTHED_SEASON;
  const usual = () => (long ? new SeveralSeasons(frequency, horizon) : new MeanOfThree(frequency[0]));
  const inner = method ? new WithErrors(createForecaster(method, frequency, horizon)) : usual();
  const forecaster = new InOwnUnit(inner);
  const learned = dampOutliers(history, frequency);
  forecaster.fit(learned);
  const unit = countUnit(history);
  const seasonal = inner instanceof MeanOfThree ? inner.seasonal : hasSeason(history, frequency[0]);
  const errors = errorLawOf(learned, frequency[0], seasonal || !(inner instanceof MeanOfThree));
  const about: SeriesFit['about'] = (centre, scale, periods, levels) =>
    errors(scale, periods, levels).map((error) => {
      const value = Math.max(0, centre + error);
      return unit === null ? value : wholeUnits(value, unit);
    });
  return {
    forecaster,
    long,
    seasonal,
    outliers: learned !== history,
    about,
    sum: (leadTime, levels, elapsed) => {
      const mean = demandWithin(forecaster.predict(leadTime + 1), elapsed, leadTime);
      const { sum } = forecaster.errorScale(1, leadTime);
      return { mean, quantiles: about(mean, sum, leadTime, levels), method: forecaster.name };
    },
  };
}

function forecastSeries(item: ItemHistory, settings: ForecastSettings): ItemForecast {
  const { id, history, method } = item;
  const { horizon, frequency, quantiles, leadTime } = settings;
  const { forecaster, long, seasonal, outliers, about } = fitSeries(item, frequency, horizon);
  const mean = forecaster.predict(Math.max(horizon, leadTime));
  const scale = forecaster.errorScale(horizon, leadTime);
  const leadMean = mean.slice(0, leadTime).reduce((a, b) => a + b, 0);
  const steps = scale.steps.map((s, h) => about(mean[h], s, 1, quantiles));
  const lead = about(leadMean, scale.sum, leadTime, quantiles);
  return {
    id,
    class: demandClass(history),
    method: forecaster.name,
    why: method ? WHY_REPLACED : long ? WHY_LONG : WHY_SERIES,
    mean,
    quantiles: byLevel(quantiles, (j) => steps.map((step) => step[j])),
    leadTime: { mean: leadMean, quantiles: byLevel(quantiles, (j) => lead[j]) },
    flags: [
      ...flagsOf(history, settings),
      ...(seasonal ? (['seasonal'] as const) : []),
      ...(outliers ? (['outliers'] as const) : []),
    ],
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

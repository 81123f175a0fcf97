import type { ForecastOverride, OverrideRecord } from '#models/contracts/planDecision.ts';
import type { ItemForecast } from '#models/demand/forecastTable.ts';
import { groupedBy } from '#models/groupedBy.ts';
import { placeKey } from './placeKey.ts';
import type { DemandForecast } from './planMemory.ts';

/**
 * Factors on an item's forecast in each period ahead: if several overrides cover a period, the newest counts. Pure.
 * @param overrides of the item at the site.
 * @param dates first days of the periods. @param mean forecast mean of each period.
 */
export function overrideFactors(
  overrides: readonly ForecastOverride[],
  dates: readonly string[],
  mean: readonly number[],
): number[] {
  const newestFirst = overrides.filter((o) => o.withdrawn === null).toSorted((a, b) => b.atMs - a.atMs);
  return dates.map((date, h) => {
    const own = newestFirst.find((o) => o.from <= date && date <= o.to);
    if (own === undefined) return 1;
    if (own.factor !== null) return own.factor;
    return mean[h] > 0 ? (own.quantity ?? 0) / mean[h] : 1;
  });
}

/** A forecast with the mean and quantiles of each period multiplied by its factor. Pure. */
export function overridden(forecast: ItemForecast, factors: readonly number[]): ItemForecast {
  const times = (values: readonly number[]) => values.map((v, h) => v * (factors[h] ?? 1));
  const whole = Object.values(forecast.quantiles).every((q) => q.every(Number.isInteger));
  const quantiles = Object.entries(forecast.quantiles).map(([level, q]) => [
    level,
    whole ? times(q).map(Math.round) : times(q),
  ]);
  return { ...forecast, mean: times(forecast.mean), quantiles: Object.fromEntries(quantiles) };
}

/**
 * Ratio of the demand of the next periods with overrides to that without. Pure.
 * @param periods number of periods ahead, rounded; at most those of the forecast count.
 */
export function factorWithin(mean: readonly number[], factors: readonly number[], periods: number): number {
  const ahead = mean.slice(0, Math.max(1, Math.round(periods)));
  const before = ahead.reduce((sum, m) => sum + m, 0);
  return before > 0 ? ahead.reduce((sum, m, h) => sum + m * (factors[h] ?? 1), 0) / before : 1;
}

/** Groups overrides by place. */
export const overridesByPlace = (overrides: readonly ForecastOverride[]): ReadonlyMap<string, ForecastOverride[]> =>
  groupedBy(overrides, placeKey);

/** Errors with and without overrides, by place, over completed periods. Pure. */
export function overrideRecords(demands: readonly DemandForecast[]): Map<string, OverrideRecord> {
  const ended = demands.filter((d) => d.overridden !== undefined && d.actual !== null);
  return new Map([...groupedBy(ended, placeKey)].map(([place, all]) => [place, recordOf(all)]));
}

/** The same for all places together; null: no overridden period has ended. */
export function overrideRecordOfAll(demands: readonly DemandForecast[]): OverrideRecord | null {
  const ended = demands.filter((d) => d.overridden !== undefined && d.actual !== null);
  return ended.length === 0 ? null : recordOf(ended);
}

function recordOf(ended: readonly DemandForecast[]): OverrideRecord {
  const errors = ended.map(({ mean, overridden: own, actual }) => ({
    forecast: Math.abs((actual as number) - mean),
    override: Math.abs((actual as number) - (own as number)),
  }));
  return {
    periods: ended.length,
    errorOfForecast: errors.reduce((sum, e) => sum + e.forecast, 0),
    errorOfOverride: errors.reduce((sum, e) => sum + e.override, 0),
    closer: errors.filter((e) => e.override < e.forecast).length,
  };
}

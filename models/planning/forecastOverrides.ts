import type { ForecastOverride, OverrideRecord } from '#models/contracts/planDecision.ts';
import type { ItemForecast } from '#models/demand/forecastTable.ts';
import { groupedBy } from '#models/groupedBy.ts';
import { placeKey } from './placeKey.ts';
import type { DemandForecast } from './planMemory.ts';

/**
 * Factors of an item's forecast in each period ahead: of several overrides of a period the newest counts. Pure.
 * @param overrides of the item at the site.
 * @param dates first days of the periods. @param mean of the forecast, a period each.
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

/** A forecast with its mean, its quantiles and those of its lead time moved by a factor for each period. Pure. */
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
 * How many times the demand of the next periods is what the forecast without overrides has. Pure.
 * @param periods to come, whole; of more than are forecast, all that are.
 */
export function factorWithin(mean: readonly number[], factors: readonly number[], periods: number): number {
  const ahead = mean.slice(0, Math.max(1, Math.round(periods)));
  const before = ahead.reduce((sum, m) => sum + m, 0);
  return before > 0 ? ahead.reduce((sum, m, h) => sum + m * (factors[h] ?? 1), 0) / before : 1;
}

/** Overrides by the place they are of. */
export const overridesByPlace = (overrides: readonly ForecastOverride[]): ReadonlyMap<string, ForecastOverride[]> =>
  groupedBy(overrides, placeKey);

/** Whether overrides helped, by place, over the periods that have ended since. Pure. */
export function overrideRecords(demands: readonly DemandForecast[]): Map<string, OverrideRecord> {
  const ended = demands.filter((d) => d.overridden !== undefined && d.actual !== null);
  return new Map([...groupedBy(ended, placeKey)].map(([place, all]) => [place, recordOf(all)]));
}

/** Of all places together; null: no overridden period has ended. */
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

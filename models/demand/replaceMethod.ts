import { createForecaster, type Method } from './forecasters.ts';
import { newestErrors } from './withErrors.ts';

/** Forecasts of one period ahead and actual demand, latest last. */
export interface Tracked {
  mean: readonly number[];
  naive: readonly number[];
  actual: readonly number[];
}

/** Methods that may replace another. */
const CANDIDATES: readonly Method[] = [
  'mean_of_ets_theta_ces',
  'ets',
  'theta',
  'ces',
  'seasonal_naive',
  'naive',
  'sba',
  'tsb',
];
const MIN_TRACKED = 6;
/** How much worse than naive, over the tracked periods, a method must be before it is reviewed. */
const BAD = 1.25;
/** How much better, at the latest origins, a replacement must be. */
const BETTER = 0.9;

const absolute = (errors: readonly number[]) => errors.reduce((sum, e) => sum + Math.abs(e), 0);

/** Whether a method has degraded: a quarter worse than naive over six periods that were forecast in advance. */
export function hasDegraded({ mean, naive, actual }: Tracked): boolean {
  if (actual.length < MIN_TRACKED) return false;
  const own = absolute(actual.map((y, i) => mean[i] - y));
  const reference = absolute(actual.map((y, i) => naive[i] - y));
  return reference > 0 && own > BAD * reference;
}

/** The method that erred least at the newest origins; null where none is a tenth better than the current one. */
export function betterMethod(
  history: readonly number[],
  seasons: readonly number[],
  current: Method,
): { method: Method; ratio: number } | null {
  const errorOf = (method: Method) => absolute(newestErrors(createForecaster(method, seasons, 1), history));
  const own = errorOf(current);
  const tried = CANDIDATES.filter((m) => m !== current).map((method) => ({ method, error: errorOf(method) }));
  const best = tried.reduce((a, b) => (b.error < a.error ? b : a));
  return own > 0 && best.error < BETTER * own ? { method: best.method, ratio: best.error / own } : null;
}

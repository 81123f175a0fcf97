import { type DemandClass, demandClass } from './demandClass.ts';
import { ExponentialSmoothing } from './exponentialSmoothing.ts';
import type { Forecaster } from './forecaster.ts';
import { negativeBinomialQuantiles } from './negativeBinomial.ts';
import { Sba } from './sba.ts';

export interface ForecastSettings {
  horizon: number;
  /** Periods of a season. */
  frequency: number;
  /** Rising, between 0 and 1. */
  quantiles: readonly number[];
  /** The whole protection interval, in periods. */
  leadTime: number;
}

export interface ItemForecast {
  id: string;
  class: DemandClass;
  method: string;
  mean: number[];
  /** By level, a value a period. */
  quantiles: Record<string, number[]>;
  leadTime: { mean: number; quantiles: Record<string, number> };
  flags: string[];
}

/** A sum has all but its expected spread from here on by normal approximation: counting would take too long. */
const LARGE_MEAN = 5000;

/** The forecast of one item from its own history, oldest first: mean and quantiles of each period and of the lead time. */
export function forecastItem(id: string, history: readonly number[], settings: ForecastSettings): ItemForecast {
  const itsClass = demandClass(history);
  const forecaster = choose(itsClass, settings.frequency);
  forecaster.fit(history);
  const mean = forecaster.predict(Math.max(settings.horizon, settings.leadTime)).map((v) => Math.max(0, v));
  const variance = spreadOf(history);
  const leadMean = mean.slice(0, settings.leadTime).reduce((a, b) => a + b, 0);
  const perPeriod = mean.map((m) => quantilesOf(m, variance, settings.quantiles));
  const lead = quantilesOf(leadMean, variance * settings.leadTime, settings.quantiles);
  const flags = [
    ...(itsClass === 'none' ? ['no_demand_in_history'] : []),
    ...(history.length < 2 * settings.frequency ? ['short_history'] : []),
  ];
  return {
    id,
    class: itsClass,
    method: forecaster.name,
    mean,
    quantiles: byLevel(settings.quantiles, (i) => perPeriod.map((q) => q[i])),
    leadTime: { mean: leadMean, quantiles: byLevel(settings.quantiles, (i) => lead[i]) },
    flags,
  };
}

function choose(itsClass: DemandClass, frequency: number): Forecaster {
  return itsClass === 'smooth' || itsClass === 'erratic' ? new ExponentialSmoothing(frequency) : new Sba();
}

function byLevel<T>(levels: readonly number[], value: (i: number) => T): Record<string, T> {
  return Object.fromEntries(levels.map((level, i) => [String(level), value(i)]));
}

/** Variance of a period's demand. */
function spreadOf(history: readonly number[]): number {
  const mean = history.reduce((a, b) => a + b, 0) / history.length;
  return history.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, history.length - 1);
}

function quantilesOf(mean: number, variance: number, levels: readonly number[]): number[] {
  if (mean < LARGE_MEAN) return negativeBinomialQuantiles(mean, variance, levels);
  return levels.map((level) => Math.max(0, Math.round(mean + Math.sqrt(variance) * normalQuantile(level))));
}

/** Quantile of the standard normal distribution; error below 4.5e-4. */
function normalQuantile(p: number): number {
  // Abramowitz & Stegun 26.2.23.
  const tail = Math.min(p, 1 - p);
  const t = Math.sqrt(-2 * Math.log(tail));
  const z =
    t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3);
  return p < 0.5 ? -z : z;
}

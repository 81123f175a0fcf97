import { ComplexSmoothing } from './complexSmoothing.ts';
import { Croston, Sba } from './croston.ts';
import { DynamicTheta } from './dynamicTheta.ts';
import { Ets } from './ets.ts';
import type { Forecaster } from './forecaster.ts';
import { MeanOfThree } from './meanOfThree.ts';
import { Naive } from './naive.ts';
import { SeasonalNaive } from './seasonalNaive.ts';
import { SeveralSeasons } from './severalSeasons.ts';
import { Tsb } from './tsb.ts';

/** Methods that use an item's own past, by the names shown with forecasts. */
export const METHODS = [
  'naive',
  'seasonal_naive',
  'ets',
  'theta',
  'ces',
  'mean_of_ets_theta_ces',
  'several_seasons',
  'croston',
  'sba',
  'tsb',
] as const;
export type Method = (typeof METHODS)[number];

/**
 * Creates the forecaster of a method.
 * @param seasons periods of a season, at least one; several, rising. Methods for one season use the first.
 * @param horizon in periods.
 */
export function createForecaster(method: Method, seasons: readonly number[], horizon: number): Forecaster {
  switch (method) {
    case 'naive':
      return new Naive();
    case 'seasonal_naive':
      return new SeasonalNaive(seasons[0]);
    case 'ets':
      return new Ets(seasons[0]);
    case 'theta':
      return new DynamicTheta();
    case 'ces':
      return new ComplexSmoothing();
    case 'mean_of_ets_theta_ces':
      return new MeanOfThree(seasons[0]);
    case 'several_seasons':
      return new SeveralSeasons(seasons, horizon);
    case 'croston':
      return new Croston();
    case 'sba':
      return new Sba();
    case 'tsb':
      return new Tsb();
  }
}

import { PERIODS_A_YEAR, type PeriodKind } from '#models/supply/periods.ts';
import { placeKey } from './placeKey.ts';
import type { Place } from './places.ts';

/**
 * Cumulative shares of the yearly demand value up to which items are A and B, and coefficients of variation up to which
 * they are X and Y. Customary limits: Silver, Pyke & Thomas, "Inventory and Production Management in Supply Chains" (2017), ch. 2, and
 * Scholz-Reiter et al. (2012) on XYZ.
 */
const VALUE_SHARES = { A: 0.8, B: 0.95 };
const VARIATION = { X: 0.5, Y: 1 };

export const SEGMENTS = ['AX', 'AY', 'AZ', 'BX', 'BY', 'BZ', 'CX', 'CY', 'CZ'] as const;
export type Segment = (typeof SEGMENTS)[number];

type Valued = Pick<Place, 'item' | 'site' | 'history' | 'facts'>;

/** ABC class by the value of a year's demand and XYZ class by its variation, by place. Pure. */
export function segmentsOf(places: readonly Valued[], period: PeriodKind): Map<string, Segment> {
  const year = PERIODS_A_YEAR[period];
  const valued = places
    .map((place) => {
      const last = place.history.slice(-Math.round(year));
      return { key: placeKey(place), value: sum(last) * (place.facts?.unit_cost ?? 1), last };
    })
    .sort((a, b) => b.value - a.value);
  const total = sum(valued.map((v) => v.value));
  const segments = new Map<string, Segment>();
  let before = 0;
  for (const { key, value, last } of valued) {
    segments.set(key, `${valueClass(before, total)}${variationClass(last)}`);
    before += value;
  }
  return segments;
}

/** Class by the cumulative share before the item, so that the largest item is always A. */
function valueClass(before: number, total: number): 'A' | 'B' | 'C' {
  if (total <= 0) return 'C';
  const share = before / total;
  return share < VALUE_SHARES.A ? 'A' : share < VALUE_SHARES.B ? 'B' : 'C';
}

function variationClass(values: readonly number[]): 'X' | 'Y' | 'Z' {
  const mean = sum(values) / values.length;
  if (!(mean > 0)) return 'Z';
  const variance = sum(values.map((v) => (v - mean) ** 2)) / values.length;
  const variation = Math.sqrt(variance) / mean;
  return variation <= VARIATION.X ? 'X' : variation <= VARIATION.Y ? 'Y' : 'Z';
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

import { median } from '#models/health/statistics.ts';
import type { Cleaning } from './cleaning.ts';
import type { ItemDemandHistory } from './itemDemandHistory.ts';

/** Deviations (1.4826 × median absolute deviation, of logarithms) beyond which a demand is marked. */
const OUTLIER_DEVIATIONS = 6;
const COUNT_DEVIATIONS = 5;
const MIN_SIZES = 8;
const MIN_LOG_DEVIATION = 0.15;
/** Ratios of common units, and how near a step of the level has to be to one. */
const UNIT_RATIOS = [10, 12, 24, 100, 144, 1000];
const RATIO_TOLERANCE = 0.12;

/** Marks unusual demands and steps of the level; changes nothing. */
export function markHistory(history: ItemDemandHistory, cleaning: Cleaning): void {
  const { quantity, firstPeriod } = history;
  history.unitChange = unitChangeOf(quantity, firstPeriod);
  if (history.unitChange) {
    cleaning.unitChanges++;
    return;
  }
  const sizes = quantity.filter((q) => q > 0);
  if (sizes.length < MIN_SIZES) return;
  const whole = sizes.every(Number.isInteger);
  const logs = sizes.map(Math.log);
  const middle = median(logs);
  const deviation = Math.max(MIN_LOG_DEVIATION, 1.4826 * median(logs.map((v) => Math.abs(v - middle))));
  quantity.forEach((q, i) => {
    // Small counts vary by a multiple of their size by chance: twice the root of a Poisson count has deviation 1.
    const counted = whole ? 2 * Math.abs(Math.sqrt(q) - Math.exp(middle / 2)) : Number.POSITIVE_INFINITY;
    if (q > 0 && counted > COUNT_DEVIATIONS && Math.abs(Math.log(q) - middle) > OUTLIER_DEVIATIONS * deviation)
      history.outliers.push({ period: firstPeriod + i, quantity: q, usual: Math.exp(middle) });
  });
  cleaning.outliers += history.outliers.length;
}

/** A lasting step of the sizes by the ratio of two units. */
function unitChangeOf(quantity: readonly number[], firstPeriod: number): ItemDemandHistory['unitChange'] {
  const at = quantity.flatMap((q, i) => (q > 0 ? [i] : []));
  if (at.length < 2 * MIN_SIZES) return null;
  const logs = at.map((i) => Math.log(quantity[i]));
  for (let k = MIN_SIZES; k <= logs.length - MIN_SIZES; k++) {
    const [before, after] = [logs.slice(0, k), logs.slice(k)];
    const ratio = Math.exp(median(after) - median(before));
    const factor = UNIT_RATIOS.find((r) => near(ratio, r) || near(1 / ratio, r));
    // All sizes before and after the step are separated: a step, not a slope.
    const parted = ratio > 1 ? Math.max(...before) < Math.min(...after) : Math.min(...before) > Math.max(...after);
    if (factor !== undefined && parted) return { period: firstPeriod + at[k], factor: ratio > 1 ? factor : 1 / factor };
  }
  return null;
}

const near = (value: number, ratio: number) => Math.abs(value / ratio - 1) < RATIO_TOLERANCE;

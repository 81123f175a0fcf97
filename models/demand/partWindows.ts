import { probabilityAlive } from './probabilityAlive.ts';
import { firstDemand, periodsExposed } from './sinceFirstDemand.ts';

/**
 * Features of a history up to an origin that predict the demand that follows, in multiples of the item's own mean size.
 */
export interface PartFeatures {
  /** Mean of the non-zero demands; for an item never sold, the pool's. */
  size: number;
  /** The same in counting units. */
  units: number;
  /** Coefficient of variation of those demands. */
  sizeCv: number;
  /** Number of those demands. */
  count: number;
  /** ln(1 + periods since the last one, in mean intervals): a part without an expected demand may be dying. */
  silence: number;
  /** Probability that the item is still in demand. */
  alive: number;
  /** Columns of the pooled regression. */
  columns: Float64Array;
}

/** Pool averages for items with little data. */
export interface PoolLevel {
  /** Median size of a demand. */
  size: number;
  /** Scaled demand a period, of all items. */
  rate: number;
}

const EWMA_WEIGHTS = [0.3, 0.1, 0.03] as const;
const RECENT = 12;
/** Weight of the pool's rate in each own rate, in periods. */
const PRIOR_PERIODS = 1;
const COLUMN_COUNT = EWMA_WEIGHTS.length + 7;

/** Features of the first `origin` periods of a history; periods before the first demand are left out. */
export function partFeatures(history: Float64Array, origin: number, pool: PoolLevel, unit: number): PartFeatures {
  let sum = 0;
  let power = 0;
  let count = 0;
  let last = -1;
  for (let t = 0; t < origin; t++) {
    const v = history[t];
    if (!(v > 0)) continue;
    sum += v;
    power += v * v;
    count++;
    last = t;
  }
  const size = count > 0 ? sum / count : pool.size;
  const sizeCv = count > 1 ? Math.sqrt(Math.max(0, power / count - size * size)) / size : 0.5;
  const alive = probabilityAlive(history.subarray(0, origin));
  const units = size / unit;
  return { size, units, sizeCv, count, alive, ...ratesOf(history, origin, size, last, pool, units) };
}

function ratesOf(
  history: Float64Array,
  origin: number,
  size: number,
  last: number,
  pool: PoolLevel,
  units: number,
): Pick<PartFeatures, 'silence' | 'columns'> {
  const columns = new Float64Array(COLUMN_COUNT);
  const ewma = new Float64Array(EWMA_WEIGHTS.length);
  const weight = new Float64Array(EWMA_WEIGHTS.length);
  let [total, recent, occurrence] = [0, 0, 0];
  const first = last < 0 ? 0 : firstDemand(history);
  for (let t = first; t < origin; t++) {
    const z = history[t] / size;
    total += z;
    if (t >= origin - RECENT) recent += z;
    for (let j = 0; j < ewma.length; j++) {
      ewma[j] = (1 - EWMA_WEIGHTS[j]) * ewma[j] + z;
      weight[j] = (1 - EWMA_WEIGHTS[j]) * weight[j] + 1;
    }
    occurrence = 0.9 * occurrence + (z > 0 ? 0.1 : 0);
  }
  const mixed = (demand: number, periods: number) => (demand + PRIOR_PERIODS * pool.rate) / (periods + PRIOR_PERIODS);
  const known = origin - first;
  const whole = mixed(total, periodsExposed(known, total));
  const silence = Math.log1p((last < 0 ? origin : origin - 1 - last) * whole);
  let i = 0;
  columns[i++] = 1;
  columns[i++] = Math.log(whole);
  for (let j = 0; j < ewma.length; j++) columns[i++] = Math.log(mixed(ewma[j], weight[j]));
  columns[i++] = Math.log(mixed(recent, Math.min(known, RECENT)));
  columns[i++] = silence;
  columns[i++] = occurrence;
  columns[i++] = last < 0 ? 1 : 0;
  columns[i] = Math.log(units);
  return { silence, columns };
}

/** Demand of the `leadTime` periods from `origin` on. */
export function demandAfter(history: Float64Array, origin: number, leadTime: number): number {
  let sum = 0;
  for (let t = origin; t < origin + leadTime; t++) sum += history[t];
  return sum;
}

/** Median size and mean scaled rate of all items. */
export function poolLevel(histories: readonly Float64Array[]): PoolLevel {
  const sizes: number[] = [];
  let [periods, scaled] = [0, 0];
  for (const history of histories) {
    let count = 0;
    for (let t = 0; t < history.length; t++) {
      if (!(history[t] > 0)) continue;
      sizes.push(history[t]);
      count++;
    }
    periods += history.length;
    // Σ demand / mean size is the number of demands.
    scaled += count;
  }
  sizes.sort((a, b) => a - b);
  return { size: sizes.length > 0 ? sizes[sizes.length >> 1] : 1, rate: Math.max(1e-4, scaled / Math.max(1, periods)) };
}

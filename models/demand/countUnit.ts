/** Demand is counted if the largest is at most this many units; beyond, any number is near a multiple. */
const MAX_UNITS = 1e4;
/** Share of the largest demand that may be rounding error. */
const ROUNDING = 1e-6;
const DECIMALS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6] as const;
/** Relative error of a decimal number in binary, with a margin. */
const BINARY = 1e-13;

/**
 * The largest quantity that each demand is a whole multiple of: 1 for single pieces, 0.001 for pieces in thousands, 12
 * for items sold by the dozen. Null for measured quantities, and without demand.
 */
export function countUnit(history: ArrayLike<number>): number | null {
  let largest = 0;
  for (let t = 0; t < history.length; t++) largest = Math.max(largest, history[t]);
  if (!(largest > 0)) return null;
  for (const scale of DECIMALS) {
    const unit = decimalUnit(history, scale);
    if (unit !== null) return unit;
  }
  const unit = commonDivisor(history, ROUNDING * largest);
  const units = Math.round(largest / unit);
  return units <= MAX_UNITS ? largest / units : null;
}

/** The greatest common divisor of a history that is whole after multiplication by `scale`; null where it is not. */
function decimalUnit(history: ArrayLike<number>, scale: number): number | null {
  let unit = 0;
  for (let t = 0; t < history.length; t++) {
    const scaled = history[t] * scale;
    let whole = Math.round(scaled);
    if (Math.abs(scaled - whole) > BINARY * scaled) return null;
    while (unit !== 1 && whole > 0) [unit, whole] = [whole, unit % whole];
  }
  return unit / scale;
}

/** The greatest common divisor by Euclid's algorithm; remainders up to `rounding` count as 0. */
function commonDivisor(history: ArrayLike<number>, rounding: number): number {
  let unit = 0;
  for (let t = 0; t < history.length && !(unit > 0 && unit < rounding); t++) {
    let rest = history[t];
    while (rest > rounding) [unit, rest] = [rest, Math.abs(unit - rest * Math.round(unit / rest))];
  }
  return unit;
}

/** Counting units per mean size for measured demand. */
const FINE = 20;
/** How far a unit may be from a multiple of the table's. */
const NEAR = 1e-6;

/**
 * Counting unit of each item of a table: the most common unit, for items that come in multiples of it (one demand of
 * five pieces is not one of a box); else the item's own, or a part of its mean size for measured demand.
 */
export function countUnits(histories: readonly ArrayLike<number>[]): number[] {
  const own = histories.map(countUnit);
  const common = mostCommon(own.filter((unit) => unit !== null));
  return own.map((unit, i) => {
    if (unit === null) return fineUnit(histories[i]) ?? common;
    const multiple = unit / common;
    return Math.round(multiple) > 0 && Math.abs(multiple - Math.round(multiple)) < NEAR * multiple ? common : unit;
  });
}

function fineUnit(history: ArrayLike<number>): number | null {
  const sizes = Array.from(history).filter((v) => v > 0);
  return sizes.length > 0 ? sizes.reduce((a, b) => a + b, 0) / sizes.length / FINE : null;
}

/** The most common value, the least of several; 1 if there is none. */
function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const v of values) {
    const key = Number(v.toPrecision(9));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  return most === 0 ? 1 : Math.min(...[...counts].filter(([, count]) => count === most).map(([value]) => value));
}

/** The nearest whole number of units. */
export function wholeUnits(quantity: number, unit: number): number {
  return Math.round(quantity / unit) * unit;
}

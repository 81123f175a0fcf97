/** Demand over an interval as a distribution: `quantiles[i]` at level `(i + 0.5) / quantiles.length`, rising. */
export interface DemandLaw {
  mean: number;
  quantiles: readonly number[];
}

/** Levels at which distributions are stored: fine enough for a 99 % target. */
export const LAW_LEVELS: readonly number[] = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);

export const NO_DEMAND: DemandLaw = { mean: 0, quantiles: LAW_LEVELS.map(() => 0) };

export interface Mass {
  value: number;
  mass: number;
}

/** Quantiles at rising levels of masses that add up to 1; sorts the masses in place. */
export function valuesAt(masses: Mass[], levels: readonly number[]): number[] {
  masses.sort((a, b) => a.value - b.value);
  let [at, below] = [0, masses[0].mass];
  return levels.map((level) => {
    while (below < level - 1e-12 && at < masses.length - 1) below += masses[++at].mass;
    return masses[at].value;
  });
}

/** Mixture of distributions by their probabilities, for an interval of uncertain length. */
export function mixture(laws: readonly { law: DemandLaw; chance: number }[]): DemandLaw {
  if (laws.length === 1) return laws[0].law;
  const masses = laws.flatMap(({ law, chance }) =>
    law.quantiles.map((value) => ({ value, mass: chance / law.quantiles.length })),
  );
  const mean = laws.reduce((sum, { law, chance }) => sum + chance * law.mean, 0);
  return { mean, quantiles: valuesAt(masses, LAW_LEVELS) };
}

/** The quantile at a level. */
export function lawQuantile({ quantiles }: DemandLaw, level: number): number {
  const at = Math.ceil(level * quantiles.length - 1e-9) - 1;
  return quantiles[Math.min(quantiles.length - 1, Math.max(0, at))];
}

/** The distribution over `times` as long an interval, as if its parts were independent. */
export function stretched({ mean, quantiles }: DemandLaw, times: number): DemandLaw {
  const spread = Math.sqrt(times);
  return { mean: mean * times, quantiles: quantiles.map((q) => Math.max(0, mean * times + (q - mean) * spread)) };
}

/** Counts larger than this are thinned like continuous quantities. */
const MAX_COUNTED = 200;

/** The distribution over part of an interval: each counted unit falls into it with probability `part`. */
function partOf({ mean, quantiles }: DemandLaw, part: number): DemandLaw | null {
  const most = quantiles[quantiles.length - 1];
  if (most > MAX_COUNTED || !quantiles.every(Number.isInteger)) return null;
  const counts = new Array<number>(most + 1).fill(0);
  for (const n of quantiles) counts[n] += 1 / quantiles.length;
  const masses = thinned(counts, part).map((mass, value) => ({ value, mass }));
  return { mean: mean * part, quantiles: valuesAt(masses, LAW_LEVELS) };
}

/** Probabilities of 0, 1, 2 … when each counted unit is kept with probability `p`. */
export function thinned(chances: readonly number[], p: number): readonly number[] {
  if (p >= 1) return chances;
  const kept = new Array<number>(chances.length).fill(0);
  chances.forEach((mass, n) => {
    let chance = (1 - p) ** n;
    for (let k = 0; k <= n; k++) {
      kept[k] += mass * chance;
      chance *= ((n - k) / (k + 1)) * (p / (1 - p));
    }
  });
  return kept;
}

/** A distribution between two others: interpolates the mean, and at each level the square of the distance from it. */
export function between(a: DemandLaw, b: DemandLaw, part: number): DemandLaw {
  if (part <= 0) return a;
  if (part >= 1) return b;
  if (a === NO_DEMAND) {
    const counted = partOf(b, part);
    if (counted !== null) return counted;
  }
  const mean = (1 - part) * a.mean + part * b.mean;
  const quantiles = a.quantiles.map((q, i) => {
    const [near, far] = [q - a.mean, b.quantiles[i] - b.mean];
    const sign = Math.sign((1 - part) * near + part * far);
    return Math.max(0, mean + sign * Math.sqrt((1 - part) * near ** 2 + part * far ** 2));
  });
  // Distances may cross where they change sign.
  return { mean, quantiles: rising(quantiles) };
}

function rising(values: readonly number[]): number[] {
  let most = Number.NEGATIVE_INFINITY;
  return values.map((v) => {
    most = Math.max(most, v);
    return most;
  });
}

/** Probability that demand is at most `stock`. */
export function chanceWithin({ quantiles }: DemandLaw, stock: number): number {
  return countWithin(quantiles, stock) / quantiles.length;
}

/** Expected units of demand beyond a stock. */
export function expectedShort(law: DemandLaw, stock: number): number {
  const { quantiles } = law;
  const from = countWithin(quantiles, stock);
  return (sumFrom(law, from) - stock * (quantiles.length - from)) / quantiles.length;
}

/** Number of the rising values that are at most `stock`. */
function countWithin(quantiles: readonly number[], stock: number): number {
  let [low, high] = [0, quantiles.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (quantiles[middle] <= stock) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sums of the values from each index on, cached: a policy search computes the shortage at hundreds of stocks. */
const tailSums = new WeakMap<DemandLaw, Float64Array>();

function sumFrom(law: DemandLaw, from: number): number {
  let sums = tailSums.get(law);
  if (sums === undefined) {
    sums = new Float64Array(law.quantiles.length + 1);
    for (let i = law.quantiles.length - 1; i >= 0; i--) sums[i] = sums[i + 1] + law.quantiles[i];
    tailSums.set(law, sums);
  }
  return sums[from];
}

/** Demand over an interval as a distribution: `quantiles[i]` at level `(i + 0.5) / quantiles.length`, rising. */
export interface DemandLaw {
  mean: number;
  quantiles: readonly number[];
}

/** Levels at which laws are kept: fine enough for a 99 % target. */
export const LAW_LEVELS: readonly number[] = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);

export const NO_DEMAND: DemandLaw = { mean: 0, quantiles: LAW_LEVELS.map(() => 0) };

/** One law of several that may hold, each with its chance: the interval's length is not known for sure. */
export function mixture(laws: readonly { law: DemandLaw; chance: number }[]): DemandLaw {
  if (laws.length === 1) return laws[0].law;
  const n = LAW_LEVELS.length;
  const all = laws
    .flatMap(({ law, chance }) => law.quantiles.map((value) => ({ value, mass: chance / law.quantiles.length })))
    .sort((a, b) => a.value - b.value);
  let [at, below] = [0, all[0].mass];
  const quantiles = Array.from({ length: n }, (_, i) => {
    while (below < LAW_LEVELS[i] - 1e-12 && at < all.length - 1) below += all[++at].mass;
    return all[at].value;
  });
  return { mean: laws.reduce((sum, { law, chance }) => sum + chance * law.mean, 0), quantiles };
}

/** The quantile at a level. */
export function lawQuantile({ quantiles }: DemandLaw, level: number): number {
  const at = Math.ceil(level * quantiles.length - 1e-9) - 1;
  return quantiles[Math.min(quantiles.length - 1, Math.max(0, at))];
}

/** The law of an interval so many times as long: as if its parts were independent. */
export function stretched({ mean, quantiles }: DemandLaw, times: number): DemandLaw {
  const spread = Math.sqrt(times);
  return { mean: mean * times, quantiles: quantiles.map((q) => Math.max(0, mean * times + (q - mean) * spread)) };
}

/** Counts larger than this are thinned as if they were none. */
const MOST_COUNTED = 200;

/** The law of a part of an interval: each unit that is counted falls into it with that chance. */
function thinned(law: DemandLaw, part: number): DemandLaw | null {
  const { quantiles } = law;
  const most = quantiles[quantiles.length - 1];
  if (most > MOST_COUNTED || !quantiles.every(Number.isInteger)) return null;
  const chances = new Float64Array(most + 1);
  for (const n of quantiles) {
    let chance = (1 - part) ** n;
    for (let k = 0; k <= n; k++) {
      chances[k] += chance / quantiles.length;
      chance *= ((n - k) / (k + 1)) * (part / (1 - part));
    }
  }
  let [k, below] = [0, chances[0]];
  const thin = LAW_LEVELS.map((level) => {
    while (below < level - 1e-12 && k < most) below += chances[++k];
    return k;
  });
  return { mean: law.mean * part, quantiles: thin };
}

/** A law between two others, by its mean and, level by level, by the squares of the distances from it. */
export function between(a: DemandLaw, b: DemandLaw, part: number): DemandLaw {
  if (part <= 0) return a;
  if (part >= 1) return b;
  if (a === NO_DEMAND) {
    const counted = thinned(b, part);
    if (counted !== null) return counted;
  }
  const mean = (1 - part) * a.mean + part * b.mean;
  const quantiles = a.quantiles.map((q, i) => {
    const [near, far] = [q - a.mean, b.quantiles[i] - b.mean];
    const sign = Math.sign((1 - part) * near + part * far);
    return Math.max(0, mean + sign * Math.sqrt((1 - part) * near ** 2 + part * far ** 2));
  });
  // Where signs change the distances may cross.
  return { mean, quantiles: rising(quantiles) };
}

function rising(values: readonly number[]): number[] {
  let most = Number.NEGATIVE_INFINITY;
  return values.map((v) => {
    most = Math.max(most, v);
    return most;
  });
}

/** The chance that demand is at most this much. */
export function chanceWithin({ quantiles }: DemandLaw, stock: number): number {
  return quantiles.filter((q) => q <= stock).length / quantiles.length;
}

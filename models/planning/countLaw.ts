/** Probabilities of 0, 1, 2 … units; the tail beyond the last one is negligible. */
export type CountLaw = Float64Array;

const NEGLIGIBLE = 1e-12;

/**
 * Distribution of a count with a given mean and variance: negative binomial where the variance is larger than the mean,
 * else Poisson.
 * @param mean at least 0.
 */
export function countLaw(mean: number, variance = mean): CountLaw {
  if (!(mean > 0)) return Float64Array.of(1);
  const excess = variance / mean - 1;
  const isPoisson = excess < 1e-9;
  // Negative binomial: p(k) / p(k − 1) = (r + k − 1) / k · excess / (1 + excess), with r = mean / excess.
  const shape = mean / excess;
  const ratio = (k: number) => (isPoisson ? mean / k : (((shape + k - 1) / k) * excess) / (1 + excess));
  let log = isPoisson ? -mean : -shape * Math.log1p(excess);
  const chances = [Math.exp(log)];
  let sum = chances[0];
  // In logarithms, since the probability of 0 may underflow.
  for (let k = 1; k <= mean || 1 - sum > NEGLIGIBLE; k++) {
    log += Math.log(ratio(k));
    const chance = Math.exp(log);
    if (k > mean && chance < 1e-17) break;
    chances.push(chance);
    sum += chance;
  }
  return Float64Array.from(chances);
}

/** Probability of at most `units`. */
export function chanceOfAtMost(law: CountLaw, units: number): number {
  let sum = 0;
  for (let k = 0; k <= Math.min(units, law.length - 1); k++) sum += law[k];
  return Math.min(1, sum);
}

/** Mean and variance of the units beyond a stock: the backorders. */
export function momentsBeyond(law: CountLaw, stock: number): { mean: number; variance: number } {
  let [first, second] = [0, 0];
  for (let k = stock + 1; k < law.length; k++) {
    first += law[k] * (k - stock);
    second += law[k] * (k - stock) ** 2;
  }
  return { mean: first, variance: Math.max(0, second - first * first) };
}

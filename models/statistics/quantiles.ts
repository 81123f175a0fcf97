/**
 * Quantile of the standard normal distribution; error below 4.5e-4. Source: Abramowitz & Stegun, 26.2.23.
 * @param p between 0 and 1, neither of them included.
 */
export function normalQuantile(p: number): number {
  const tail = Math.min(p, 1 - p);
  const t = Math.sqrt(-2 * Math.log(tail));
  const z =
    t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3);
  return p < 0.5 ? -z : z;
}

/**
 * Quantile of Student's law with four degrees of freedom, in closed form. Source: Shaw, J. Comp. Finance 9 (2006), §3.
 * @param p between 0 and 1, neither of them included.
 */
export function student4Quantile(p: number): number {
  const a = Math.sqrt(4 * p * (1 - p));
  const q = Math.cos(Math.acos(a) / 3) / a;
  return Math.sign(p - 0.5) * 2 * Math.sqrt(Math.max(0, q - 1));
}

/**
 * Quantile of Student's law, by the Cornish–Fisher expansion; within 1 % from five degrees of freedom on.
 * Source: Abramowitz & Stegun, 26.7.5.
 * @param p between 0 and 1, neither of them included.
 * @param degrees of freedom, not necessarily an integer.
 */
export function studentQuantileOf(p: number, degrees: number): number {
  const z = normalQuantile(p);
  const z3 = z ** 3;
  const z5 = z ** 5;
  const g1 = (z3 + z) / 4;
  const g2 = (5 * z5 + 16 * z3 + 3 * z) / 96;
  const g3 = (3 * z ** 7 + 19 * z5 + 17 * z3 - 15 * z) / 384;
  return z + g1 / degrees + g2 / degrees ** 2 + g3 / degrees ** 3;
}

/** Distribution function of the standard normal law; error below 7.5e-8. Source: Abramowitz & Stegun, 26.2.17. */
export function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? 1 - upper : upper;
}

/**
 * Minimises a function of a few unbounded parameters by the downhill simplex. Source: Nelder & Mead, "A simplex method
 * for function minimization", Computer Journal 7 (1965).
 * @param cost finite, or Infinity where a point is not allowed; it must not retain its argument.
 * @param start of `n` values. @param step of each in the first simplex.
 * @returns the best point found.
 */
export function nelderMead(
  cost: (point: Float64Array) => number,
  start: readonly number[],
  step: number,
  maxEvaluations: number,
  tolerance = 1e-6,
): Float64Array {
  const n = start.length;
  const points = Array.from({ length: n + 1 }, (_, i) =>
    Float64Array.from(start, (v, j) => (i === j + 1 ? v + step : v)),
  );
  const costs = points.map(cost);
  let evaluations = n + 1;
  const centre = new Float64Array(n);
  const trialPoint = new Float64Array(n);
  const second = new Float64Array(n);
  const along = (to: Float64Array, from: Float64Array, t: number) => {
    for (let j = 0; j < n; j++) to[j] = centre[j] + t * (from[j] - centre[j]);
    evaluations++;
    return cost(to);
  };
  const replace = (i: number, point: Float64Array, value: number) => {
    points[i].set(point);
    costs[i] = value;
  };
  while (evaluations < maxEvaluations) {
    const { best, worst, next } = ranked(costs);
    if (Math.abs(costs[worst] - costs[best]) <= tolerance * (Math.abs(costs[best]) + 1e-12)) break;
    centre.fill(0);
    for (let i = 0; i <= n; i++) if (i !== worst) for (let j = 0; j < n; j++) centre[j] += points[i][j] / n;
    const reflected = along(trialPoint, points[worst], -1);
    if (reflected < costs[best]) {
      const expanded = along(second, points[worst], -2);
      if (expanded < reflected) replace(worst, second, expanded);
      else replace(worst, trialPoint, reflected);
    } else if (reflected < costs[next]) replace(worst, trialPoint, reflected);
    else {
      if (reflected < costs[worst]) replace(worst, trialPoint, reflected);
      const contracted = along(second, points[worst], 0.5);
      if (contracted < costs[worst]) replace(worst, second, contracted);
      else {
        for (let i = 0; i <= n; i++) {
          if (i === best) continue;
          for (let j = 0; j < n; j++) points[i][j] = (points[i][j] + points[best][j]) / 2;
          costs[i] = cost(points[i]);
        }
        evaluations += n;
      }
    }
  }
  return points[ranked(costs).best];
}

/** Indices of the lowest, the highest and the second highest. */
function ranked(costs: readonly number[]): { best: number; worst: number; next: number } {
  let [best, worst] = [0, 0];
  for (let i = 1; i < costs.length; i++) {
    if (costs[i] < costs[best]) best = i;
    if (!(costs[i] <= costs[worst])) worst = i;
  }
  let next = best;
  for (let i = 0; i < costs.length; i++) if (i !== worst && costs[i] > costs[next]) next = i;
  return { best, worst, next };
}

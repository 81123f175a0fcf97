/** A non-decreasing step function: from `x[i]` up to `x[i + 1]` it is `y[i]`. */
export interface Steps {
  x: number[];
  y: number[];
}

/**
 * Isotonic regression by pooling adjacent violators (Ayer et al., Ann. Math. Statist. 26 (1955)); calibrates scores to
 * probabilities (Zadrozny & Elkan, KDD 2002).
 * @param scores in any order.
 * @param targets as many; for probabilities, 1 for events that occurred and 0 for others.
 * @returns steps at rising scores; none without points.
 */
export function isotonic(scores: readonly number[], targets: readonly number[]): Steps {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a] - scores[b]);
  const pools: { from: number; to: number; sum: number; weight: number }[] = [];
  for (const i of order) {
    const last = pools[pools.length - 1];
    // Equal scores are pooled.
    if (last && last.to === scores[i]) {
      last.sum += targets[i];
      last.weight++;
    } else pools.push({ from: scores[i], to: scores[i], sum: targets[i], weight: 1 });
    for (let n = pools.length; n > 1; n = pools.length) {
      const [a, b] = [pools[n - 2], pools[n - 1]];
      if (a.sum / a.weight < b.sum / b.weight) break;
      pools.splice(n - 2, 2, { from: a.from, to: b.to, sum: a.sum + b.sum, weight: a.weight + b.weight });
    }
  }
  return { x: pools.map((p) => p.from), y: pools.map((p) => p.sum / p.weight) };
}

/**
 * The value of a step function at a point; before its first step, that of the first step.
 * @param at any number. The function has at least one step.
 */
export function stepAt({ x, y }: Steps, at: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (x[mid] <= at) low = mid + 1;
    else high = mid;
  }
  return y[Math.max(0, low - 1)];
}

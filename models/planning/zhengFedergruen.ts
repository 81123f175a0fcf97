import type { GridLaw } from './demandGrid.ts';

/** The policy of least long-run cost, in steps of the grid: a position of `reorderAt` or less is raised to `orderUpTo`. */
export interface LeastCostPolicy {
  reorderAt: number;
  orderUpTo: number;
  /** Mean cost per review. */
  cost: number;
}

/**
 * The optimal (s, S) policy for a fixed order cost and independent demand of each review.
 * Source: Zheng & Federgruen, "Finding optimal (s, S) policies is about as simple as evaluating a single policy",
 * Operations Research 39 (1991), 654–665.
 * @param demand of one review; positive with some probability.
 * @param orderCost of one order, above 0.
 * @param costAt expected cost of a review that begins at a position, in steps, which may be negative: falls to one
 * minimum and then rises without bound.
 */
export function leastCostPolicy(
  demand: GridLaw,
  orderCost: number,
  costAt: (position: number) => number,
): LeastCostPolicy {
  const renewals = new Renewals(demand);
  const cost = (s: number, S: number) => renewals.cost(S - s, orderCost, (below) => costAt(S - below));
  const best = cheapestPosition(costAt);
  let s = best;
  let S = best;
  do s--;
  while (cost(s, S) > costAt(s));
  let least = cost(s, S);
  for (let next = S + 1; costAt(next) <= least; next++) {
    if (cost(s, next) >= least) continue;
    S = next;
    while (cost(s, S) <= costAt(s + 1)) s++;
    least = cost(s, S);
  }
  return { reorderAt: s, orderUpTo: S, cost: least };
}

/** Position of least one-review cost. */
function cheapestPosition(costAt: (position: number) => number): number {
  let at = 0;
  while (costAt(at + 1) < costAt(at)) at++;
  while (costAt(at - 1) <= costAt(at)) at--;
  return at;
}

/** Expected reviews spent at each depth below the order-up-to level, computed on demand. */
class Renewals {
  readonly #mass: Float64Array;
  readonly #visits: number[];
  readonly #until: number[];

  constructor({ mass }: GridLaw) {
    this.#mass = mass;
    this.#visits = [1 / (1 - mass[0])];
    this.#until = [0, this.#visits[0]];
  }

  /** Mean cost per review of ordering `span` steps: (K + Σ m(j) G(S − j)) / M(span). */
  cost(span: number, orderCost: number, costBelow: (depth: number) => number): number {
    let total = orderCost;
    for (let depth = 0; depth < span; depth++) total += this.#visitsAt(depth) * costBelow(depth);
    return total / this.#until[span];
  }

  #visitsAt(depth: number): number {
    for (let at = this.#visits.length; at <= depth; at++) {
      let sum = 0;
      for (let k = 1; k <= Math.min(at, this.#mass.length - 1); k++) sum += this.#mass[k] * this.#visits[at - k];
      this.#visits.push(sum / (1 - this.#mass[0]));
      this.#until.push(this.#until[at] + this.#visits[at]);
    }
    return this.#visits[depth];
  }
}

import { randomOf } from '#models/random/random.ts';
import type { GridLaw } from './demandGrid.ts';
import { type LotRule, quantityFor } from './orderCycle.ts';

/** A policy in whole steps: a position below the reorder point is raised by at least the lots' span above it. */
export interface PlayedPolicy {
  lots: LotRule;
  /** Reviews from an order to its delivery. */
  leadReviews: number;
}

/** Results of a simulated policy, per review. */
export interface Played {
  /** Share of the demand that was served from the shelf. */
  fill: number;
  /** Share of the reviews without a shortage. */
  cycleService: number;
  /** Steps on the shelf, newly short, and backordered at the end of a review. */
  stock: number;
  missing: number;
  owed: number;
  orders: number;
}

const REVIEWS = 8000;
const SEED = 19;

/** Independent demand of many reviews: each size as often as its probability, in a random but reproducible order. */
export function demandPath({ mass }: GridLaw, reviews = REVIEWS): Int32Array {
  const random = randomOf(SEED);
  const path = new Int32Array(reviews);
  let [k, below] = [0, mass[0]];
  for (let i = 0; i < reviews; i++) {
    while (below < (i + 0.5) / reviews && k < mass.length - 1) below += mass[++k];
    path[i] = k;
  }
  for (let i = reviews - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [path[i], path[other]] = [path[other], path[i]];
  }
  return path;
}

/** Simulates a policy against demand. @param lost unmet demand is lost; otherwise it is backordered and served first. */
export function playPolicy(
  path: Int32Array,
  { lots, leadReviews }: PlayedPolicy,
  reorderPoint: number,
  lost: boolean,
): Played {
  const coming = new Float64Array(leadReviews + 1);
  let [net, onOrder, demanded, missing, complete, stock, owed] = [reorderPoint + lots.span, 0, 0, 0, 0, 0, 0];
  let orders = 0;
  for (let t = 0, slot = 0; t < path.length; t++, slot = slot === leadReviews ? 0 : slot + 1) {
    const demand = path[t];
    const position = net + onOrder;
    if (position < reorderPoint) {
      const quantity = quantityFor(reorderPoint + lots.span - position, lots);
      coming[slot === 0 ? leadReviews : slot - 1] = quantity;
      onOrder += quantity;
      orders++;
    }
    const arrived = coming[slot];
    coming[slot] = 0;
    onOrder -= arrived;
    net += arrived;
    const served = Math.min(demand, Math.max(0, net));
    net -= lost ? served : demand;
    demanded += demand;
    missing += demand - served;
    if (served === demand) complete++;
    stock += Math.max(0, net);
    owed += Math.max(0, -net);
  }
  const reviews = path.length;
  return {
    fill: demanded > 0 ? 1 - missing / demanded : 1,
    cycleService: complete / reviews,
    stock: stock / reviews,
    missing: missing / reviews,
    owed: owed / reviews,
    orders: orders / reviews,
  };
}

/** Per review: of a step held, of a step short, of an order. */
export interface ReviewCosts {
  holding: number;
  shortage: number;
  order: number;
}

/** Goal of the reorder point; null: keep it. */
export type LostSalesGoal = { kind: 'fill' | 'cycleService'; level: number } | CostGoal | null;

export interface CostGoal {
  kind: 'cost';
  costs: ReviewCosts;
  /** Cost of a review without order costs, for a reorder point with backorders. */
  owingAt: (at: number) => number;
}

/** A reorder point in steps, and its long-run service. */
export interface ServedAt {
  at: number;
  fill: number;
  cycleService: number;
}

/**
 * The reorder point with lost sales, derived from that with backorders. Lost sales need no catching up, so less stock
 * reaches the same target; with several orders outstanding there is no exact formula (Zipkin, "Old and new methods for
 * lost-sales inventory systems", Operations Research 56 (2008), 1256–1263). Therefore the same independent demand is
 * simulated under both rules, and the difference is applied to the level from the forecast.
 */
export function lostSalesLevel(review: GridLaw, policy: PlayedPolicy, goal: LostSalesGoal, owing: ServedAt): ServedAt {
  const path = demandPath(review);
  const play = (reorderPoint: number, lost: boolean) => playPolicy(path, policy, reorderPoint, lost);
  const owed = play(owing.at, false);
  const [beyondFill, beyondCycle] = [owing.fill - owed.fill, owing.cycleService - owed.cycleService];
  const at = bestAt();
  const { fill, cycleService } = play(at, true);
  return { at, fill: part(fill + beyondFill), cycleService: part(cycleService + beyondCycle) };

  function bestAt(): number {
    if (goal === null) return owing.at;
    if (goal.kind === 'cost') return cheapestAt(play, goal, owing.at);
    const level = goal.level - (goal.kind === 'fill' ? beyondFill : beyondCycle) - 1e-9;
    return leastWith((s) => play(s, true)[goal.kind] >= level, owing.at);
  }
}

const part = (share: number) => Math.min(1, Math.max(0, share));

function leastWith(enough: (reorderPoint: number) => boolean, most: number): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (enough(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

type Play = (reorderPoint: number, lost: boolean) => Played;

/** The reorder point of least cost: the known cost with backorders, plus the simulated difference of losing sales. */
function cheapestAt(play: Play, { costs, owingAt }: CostGoal, at: number): number {
  const costOf = ({ stock, missing, owed, orders }: Played, lost: boolean) =>
    costs.holding * stock + costs.shortage * (lost ? missing : owed) + costs.order * orders;
  const cost = (s: number) => costOf(play(s, true), true) - costOf(play(s, false), false) + owingAt(s);
  const best = cheapest(cost, Math.max(1, at), 1);
  // An item that costs more to stock than to do without is never ordered.
  return costOf(play(0, true), true) <= costOf(play(best, true), true) ? 0 : best;
}

/** The reorder point of least cost near a good one, by shrinking steps. */
function cheapest(cost: (reorderPoint: number) => number, from: number, least: number): number {
  let [at, now] = [from, cost(from)];
  for (let by = Math.max(1, (from - least) >> 2); by >= 1; by >>= 1) {
    for (const next of [at - by, at + by]) {
      if (next < least) continue;
      const then = cost(next);
      if (then < now) [at, now] = [next, then];
    }
  }
  return at;
}

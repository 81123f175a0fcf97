import type { GridLaw } from './demandGrid.ts';

/** How an order is sized, in steps of the grid. */
export interface LotRule {
  /** Order-up-to level less reorder point. */
  span: number;
  /** Orders are multiples of it; 1: any quantity. */
  pack: number;
  minimumOrder: number;
}

/** Inventory positions that a periodic-review policy visits in the long run. */
export interface OrderCycle {
  /** `share[k]`: share of reviews after which the position is `k` steps above the reorder point. */
  share: Float64Array;
  /** `undershoot[k]`: probability that the position is `k` steps below the reorder point when an order is made. */
  undershoot: Float64Array;
  /** Orders per review. */
  orderRate: number;
}

/** Maximum number of fixed-point iterations, and the change of the undershoot distribution at convergence. */
const ROUNDS = 50;
const SETTLED = 1e-3;

/**
 * Long-run distribution of the inventory position after ordering, above the reorder point s: at each review, a position
 * below s is raised to at least s + span by an order of whole packs. Positions fall by a review's demand until the next
 * order (a renewal process), so an order's size and the undershoot below s both count.
 * Source: Zipkin, "Foundations of Inventory Management" (2000), sections 6.4 and 9.4.
 */
export function orderCycle(demand: GridLaw, lots: LotRule): OrderCycle {
  const visits = visitsBetweenOrders(demand, lots);
  const length = visits.reduce((a, b) => a + b, 0);
  return { share: visits.map((v) => v / length), undershoot: undershoots(visits, demand), orderRate: 1 / length };
}

function visitsBetweenOrders(demand: GridLaw, lots: LotRule): Float64Array {
  const raisedTo = (undershoot: number) => quantityFor(lots.span + undershoot, lots) - undershoot;
  let entries = new Map([[raisedTo(1), 1]]);
  let visits = visitsFrom(entries, demand);
  // If any quantity is allowed, every order ends at the same position: nothing to iterate.
  const isFixed = lots.pack <= 1 && lots.minimumOrder <= lots.span;
  for (let round = 0; round < ROUNDS && !isFixed; round++) {
    const next = entriesAfter(undershoots(visits, demand), raisedTo);
    const moved = [...next].reduce((sum, [at, chance]) => sum + Math.abs(chance - (entries.get(at) ?? 0)), 0);
    // The mean of two iterations converges even if entries alternate, as they do for nearly constant demand.
    entries = meanOf(entries, next);
    visits = visitsFrom(entries, demand);
    if (moved < SETTLED) break;
  }
  return visits;
}

/** Smallest order of at least `need` steps. */
export function quantityFor(need: number, { pack, minimumOrder }: LotRule): number {
  return Math.ceil(Math.max(need, minimumOrder) / pack) * pack;
}

/** Expected reviews spent at each position between two orders, which begin at the given positions. */
function visitsFrom(entries: ReadonlyMap<number, number>, { mass }: GridLaw): Float64Array {
  const visits = new Float64Array(Math.max(...entries.keys()) + 1);
  for (const [at, chance] of entries) visits[at] = chance;
  const moved = Math.max(1e-9, 1 - mass[0]);
  for (let at = visits.length - 1; at >= 0; at--) {
    // All arrivals from above are counted; reviews without demand repeat the visit geometrically.
    visits[at] /= moved;
    const most = Math.min(at, mass.length - 1);
    for (let k = 1; k <= most; k++) visits[at - k] += visits[at] * mass[k];
  }
  return visits;
}

function undershoots(visits: Float64Array, { mass }: GridLaw): Float64Array {
  const chances = new Float64Array(mass.length);
  visits.forEach((visit, at) => {
    for (let k = at + 1; k < mass.length; k++) chances[k - at] += visit * mass[k];
  });
  const total = chances.reduce((a, b) => a + b, 0);
  return chances.map((chance) => chance / total);
}

function entriesAfter(chances: Float64Array, raisedTo: (undershoot: number) => number): Map<number, number> {
  const entries = new Map<number, number>();
  chances.forEach((chance, undershoot) => {
    if (chance === 0) return;
    const at = raisedTo(undershoot);
    entries.set(at, (entries.get(at) ?? 0) + chance);
  });
  return entries;
}

function meanOf(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): Map<number, number> {
  const places = new Set([...a.keys(), ...b.keys()]);
  return new Map([...places].map((at) => [at, ((a.get(at) ?? 0) + (b.get(at) ?? 0)) / 2]));
}

import { expect, test } from 'vitest';
import { planItems } from './planItems.ts';
import { leastCostPolicy } from './zhengFedergruen.ts';

const poisson = (mean: number) => {
  const mass = new Float64Array(Math.ceil(mean + 12 * Math.sqrt(mean)) + 2);
  mass[0] = Math.exp(-mean);
  for (let k = 1; k < mass.length; k++) mass[k] = (mass[k - 1] * mean) / k;
  return mass;
};

/** Expected holding (1 a unit) and backorder cost (`penalty` a unit) of a review that begins at a position. */
const costOf = (mass: Float64Array, penalty: number) => (position: number) =>
  mass.reduce((sum, m, k) => sum + m * (Math.max(0, position - k) + penalty * Math.max(0, k - position)), 0);

// Zheng & Federgruen (1991), table 1: Poisson demand, no lead time, K = 64, h = 1, p = 9.
test.each([
  { mean: 10, s: 6, S: 40, cost: 35.022 },
  { mean: 20, s: 14, S: 62, cost: 49.173 },
  { mean: 25, s: 19, S: 56, cost: 54.262 },
  { mean: 40, s: 33, S: 87, cost: 64.512 },
  { mean: 60, s: 52, S: 129, cost: 77.306 },
])('the published optimum at a mean of $mean', ({ mean, s, S, cost }) => {
  const mass = poisson(mean);
  const policy = leastCostPolicy({ step: 1, mass }, 64, costOf(mass, 9));
  expect(policy).toMatchObject({ reorderAt: s, orderUpTo: S });
  expect(policy.cost).toBeCloseTo(cost, 2);
});

test('no other policy is cheaper for any demand', () => {
  const mass = Float64Array.of(0.5, 0.2, 0, 0.1, 0, 0.2);
  const costAt = costOf(mass, 4);
  const best = leastCostPolicy({ step: 1, mass }, 7, costAt);
  for (let s = -3; s < 5; s++)
    for (let S = s + 1; S < 14; S++) expect(best.cost).toBeLessThanOrEqual(simpleCost(mass, s, S, 7, costAt) + 1e-3);
});

/** Long-run cost of a policy from its stationary distribution, by iteration. */
function simpleCost(mass: Float64Array, s: number, S: number, orderCost: number, costAt: (y: number) => number) {
  let at = new Map([[S, 1]]);
  let cost = 0;
  for (let round = 0; round < 120; round++) {
    const next = new Map<number, number>();
    cost = 0;
    for (const [position, chance] of at)
      mass.forEach((m, k) => {
        const isOrdered = position - k <= s;
        const to = isOrdered ? S : position - k;
        next.set(to, (next.get(to) ?? 0) + chance * m);
        cost += chance * m * (costAt(position) + (isOrdered ? orderCost : 0));
      });
    // Averaging two steps damps cycles.
    at = new Map(
      [...new Set([...at.keys(), ...next.keys()])].map((k) => [k, ((at.get(k) ?? 0) + (next.get(k) ?? 0)) / 2]),
    );
  }
  return cost;
}

/** A history with the frequencies of a distribution, shuffled. */
function historyOf(mass: Float64Array, periods: number, seed: number): number[] {
  let below = mass[0];
  let value = 0;
  const history = Array.from({ length: periods }, (_, i) => {
    while (below < (i + 0.5) / periods && value < mass.length - 1) below += mass[++value];
    return value;
  });
  let state = seed;
  for (let i = periods - 1; i > 0; i--) {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [history[i], history[j]] = [history[j], history[i]];
  }
  return history;
}

test('a plan from a history costs hardly more than the optimum for its distribution', { tags: 'slow' }, () => {
  const [orderCost, penalty] = [5, 4];
  const means = [6, 10, 20, 25];
  for (const seed of [1, 2, 3]) {
    const items = means.map((mean) => ({
      id: String(mean),
      history: historyOf(poisson(mean), 400, seed * 100 + mean),
      ...{
        stock: 0,
        onOrder: 0,
        leadTime: 0,
        unitCost: 1,
        orderCost,
        holdingRate: 1,
        shortageCost: penalty,
        minimumOrder: 0,
      },
    }));
    for (const { id, reorderPoint, orderUpTo } of planItems(items, [], { kind: 'cost' }, [1], 1)) {
      const mass = poisson(Number(id));
      const { cost } = leastCostPolicy({ step: 1, mass }, orderCost, costOf(mass, penalty));
      const planned = simpleCost(mass, reorderPoint - 1, orderUpTo, orderCost, costOf(mass, penalty));
      expect(planned / cost, `mean ${id}, seed ${seed}`).toBeLessThan(1.03);
    }
  }
});

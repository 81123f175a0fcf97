/** A stage of a series, from the one that serves customers up to the one that is supplied from outside. */
export interface SerialStage {
  /** Cost of holding a unit here rather than upstream, per unit of time. */
  echelonHoldingCost: number;
  /** Probabilities of 0, 1, 2 … steps of demand in its lead time. */
  leadDemand: ArrayLike<number>;
}

export interface SerialPolicy {
  /** By stage: stock here and downstream, less customers' backorders; in steps. */
  echelonBaseStock: number[];
  /** Mean cost per unit of time, pipelines included. */
  cost: number;
}

/** Stocks beyond this many times the mean demand of all lead times are not tried. */
const WIDEST = 3;

/**
 * The optimal echelon base stocks of a series of stages with backorders. Sources: Clark & Scarf, "Optimal policies for
 * a multi-echelon inventory problem", Management Science 6 (1960), 475–490; Chen & Zheng, "Lower bounds for
 * multi-echelon stochastic inventory systems", Management Science 40 (1994), 1426–1443.
 * @param shortageCost of a backordered unit, per unit of time.
 * @param step units per step.
 */
export function serialBaseStock(stages: readonly SerialStage[], shortageCost: number, step = 1): SerialPolicy {
  const means = stages.map(({ leadDemand }) => Array.from(leadDemand).reduce((sum, p, k) => sum + p * k, 0));
  const longest = stages.reduce((sum, { leadDemand }) => sum + leadDemand.length, 0);
  const total = means.reduce((a, b) => a + b, 0);
  const most = Math.ceil(WIDEST * total + longest / stages.length);
  // Positions from −longest to most.
  const size = longest + most + 1;
  const at = (position: number) => position + longest;
  const local = stages.reduce((sum, s) => sum + s.echelonHoldingCost, 0);
  let induced = Float64Array.from({ length: size }, (_, i) => (shortageCost + local) * step * Math.max(0, longest - i));
  const echelonBaseStock: number[] = [];
  let cost = 0;
  for (const { echelonHoldingCost, leadDemand } of stages) {
    const costAt = (position: number) => echelonHoldingCost * step * position + induced[Math.max(0, at(position))];
    const expected = Float64Array.from({ length: size }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < leadDemand.length; k++) {
        const position = i - longest - k;
        // Below the grid, each further unit short costs as much as the previous one.
        const below = Math.max(0, -at(position)) * (induced[0] - induced[1]);
        sum += leadDemand[k] * (costAt(position) + below);
      }
      return sum;
    });
    let best = 0;
    for (let i = 1; i < size; i++) if (expected[i] < expected[best]) best = i;
    echelonBaseStock.push(best - longest);
    cost = expected[best];
    induced = expected.map((_, i) => expected[Math.min(i, best)]);
  }
  return { echelonBaseStock, cost };
}

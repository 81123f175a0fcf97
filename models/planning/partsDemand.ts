import { type DemandLaw, LAW_LEVELS, type Mass, thinned, valuesAt } from './demandLaw.ts';
import type { MachineOutlook, Stream } from './machineOutlook.ts';

export interface MachineShare {
  machine: string;
  stream: Stream;
  /** Chance that the part is replaced within the horizon. */
  chance: number;
  /** Units expected to be used. */
  expected: number;
}

/** Probabilities of 0, `step`, 2·`step` … units. */
export interface UnitChances {
  step: number;
  chances: readonly number[];
}

/**
 * Units that machines use together: each uses its quantity per replacement, thinned by the share of failures that need
 * the part; independent machines are convolved (Poisson-binomial; Hong, CSDA 59 (2013)).
 */
export function unitsUsed(machines: readonly MachineOutlook[]): UnitChances {
  const step = machines.reduce((g, m) => divisor(divisor(g, m.quantity), m.plannedUnits), 0) || 1;
  let chances: number[] = [1];
  for (const machine of machines) {
    const [each, planned] = [machine.quantity / step, machine.plannedUnits / step];
    const times = thinned(machine.times, machine.probability);
    const next = new Array<number>(chances.length + planned + (times.length - 1) * each).fill(0);
    chances.forEach((mass, k) => {
      if (mass === 0) return;
      times.forEach((p, n) => {
        next[k + planned + n * each] += mass * p;
      });
    });
    chances = trimmed(next);
  }
  return { step, chances };
}

/** Mean of a distribution of units. */
export const expectedUnits = ({ step, chances }: UnitChances): number =>
  chances.reduce((sum, mass, k) => sum + mass * k * step, 0);

/** Each machine's share of the demand, the largest first. */
export function sharesOf(machines: readonly MachineOutlook[]): MachineShare[] {
  return machines
    .map(({ machine, stream, times, quantity, probability, plannedUnits }) => {
      const takes = thinned(times, probability);
      const expected = plannedUnits + quantity * takes.reduce((sum, p, n) => sum + p * n, 0);
      return { machine, stream, chance: plannedUnits > 0 ? 1 : 1 - takes[0], expected };
    })
    .sort((a, b) => b.expected - a.expected);
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** Drops negligible probabilities, so that thousands of machines stay fast. */
function trimmed(chances: number[]): number[] {
  let end = chances.length;
  while (end > 1 && chances[end - 1] < 1e-12) end--;
  return chances.slice(0, end);
}

/** Demand of machines plus all other demand, as independent sums. */
export function combineDemand(units: UnitChances, others: DemandLaw): DemandLaw {
  const n = others.quantiles.length;
  const masses: Mass[] = [];
  units.chances.forEach((mass, k) => {
    if (mass > 0) for (const q of others.quantiles) masses.push({ value: k * units.step + q, mass: mass / n });
  });
  return { mean: expectedUnits(units) + others.mean, quantiles: valuesAt(masses, LAW_LEVELS) };
}

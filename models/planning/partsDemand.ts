import { type DemandLaw, LAW_LEVELS, type Mass, thinned, valuesAt } from './demandLaw.ts';
import type { MachineOutlook, Stream } from './machineOutlook.ts';

export interface MachineShare {
  machine: string;
  stream: Stream;
  /** Chance that the part is taken within the horizon. */
  chance: number;
  /** Units that it is expected to take. */
  expected: number;
}

/** Chances of 0, `step`, 2·`step` … units. */
export interface UnitChances {
  step: number;
  chances: readonly number[];
}

/**
 * Units that machines take together: each takes its quantity some times, thinned by the part of failures that take it;
 * what independent machines take is convolved (Poisson-binomial; Hong, CSDA 59 (2013)).
 */
export function unitsTaken(machines: readonly MachineOutlook[]): UnitChances {
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

/** Whose demand it is, the largest first. */
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

/** Negligible chances are dropped, so that thousands of machines stay fast. */
function trimmed(chances: number[]): number[] {
  let end = chances.length;
  while (end > 1 && chances[end - 1] < 1e-12) end--;
  return chances.slice(0, end);
}

/** Demand of machines and of everything else together, as independent sums. */
export function combineDemand(units: UnitChances, others: DemandLaw): DemandLaw {
  const n = others.quantiles.length;
  const masses: Mass[] = [];
  units.chances.forEach((mass, k) => {
    if (mass > 0) for (const q of others.quantiles) masses.push({ value: k * units.step + q, mass: mass / n });
  });
  return { mean: expectedUnits(units) + others.mean, quantiles: valuesAt(masses, LAW_LEVELS) };
}

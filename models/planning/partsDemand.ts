import type { DemandLaw } from './demandLaw.ts';
import type { MachineOutlook, Stream } from './machineOutlook.ts';

export interface MachineShare {
  machine: string;
  stream: Stream;
  /** Chance that the part is taken within the horizon. */
  chance: number;
  /** Units that it is expected to take. */
  expected: number;
}

/** Chances of each whole number of units, from 0 on. */
export type UnitChances = readonly number[];

/**
 * Units that machines take together: each takes 0, 1 or 2 times its quantity, thinned by the part of failures that take
 * it; what independent machines take is convolved (Poisson-binomial; Hong, CSDA 59 (2013)).
 */
export function unitsTaken(machines: readonly MachineOutlook[]): UnitChances {
  let chances: number[] = [1];
  for (const { times, quantity, probability } of machines) {
    const [none, once, twice] = thinned(times, probability);
    const next = new Array<number>(chances.length + 2 * quantity).fill(0);
    chances.forEach((mass, k) => {
      next[k] += mass * none;
      next[k + quantity] += mass * once;
      next[k + 2 * quantity] += mass * twice;
    });
    chances = trimmed(next);
  }
  return chances;
}

/** Whose demand it is, the largest first. */
export function sharesOf(machines: readonly MachineOutlook[]): MachineShare[] {
  return machines
    .map(({ machine, stream, taken, times, quantity, probability }) => {
      const [, once, twice] = thinned(times, probability);
      return { machine, stream, chance: taken * probability, expected: quantity * (once + 2 * twice) };
    })
    .sort((a, b) => b.expected - a.expected);
}

function thinned([none, once, twice]: MachineOutlook['times'], p: number): [number, number, number] {
  return [none + once * (1 - p) + twice * (1 - p) ** 2, once * p + 2 * twice * p * (1 - p), twice * p * p];
}

/** What nobody will see is left out, so that thousands of machines stay quick. */
function trimmed(chances: number[]): number[] {
  let end = chances.length;
  while (end > 1 && chances[end - 1] < 1e-12) end--;
  return chances.slice(0, end);
}

/** Demand of machines and of everything else together, as independent sums. */
export function together(units: UnitChances, others: DemandLaw): DemandLaw {
  const n = others.quantiles.length;
  const sums: { value: number; mass: number }[] = [];
  units.forEach((mass, k) => {
    for (const q of others.quantiles) sums.push({ value: k + q, mass: mass / n });
  });
  sums.sort((a, b) => a.value - b.value);
  let [at, below] = [0, sums[0].mass];
  const quantiles = Array.from({ length: n }, (_, i) => {
    const level = (i + 0.5) / n;
    while (below < level - 1e-12 && at < sums.length - 1) below += sums[++at].mass;
    return sums[at].value;
  });
  const expected = units.reduce((sum, mass, k) => sum + mass * k, 0);
  return { mean: expected + others.mean, quantiles };
}

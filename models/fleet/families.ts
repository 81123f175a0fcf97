import { median } from '../health/statistics.ts';

/** A machine's rows, from which its behaviour is computed: level, spread and pace of each channel. */
export interface Machine {
  unit: string;
  rows: readonly ArrayLike<number>[];
}

/**
 * A machine's behaviour: per channel the median, the log of its spread, and the log of its mean step over its spread.
 */
export interface Behaviour {
  unit: string;
  values: number[];
  /** Variance of each value, estimated from parts of the rows. */
  errors: number[];
}

/** Machines that behave alike, at least three. */
export interface Family {
  units: string[];
  /** Mean silhouette of its members: 1 where they are far from all others, below 0 where they are closer to another family. */
  silhouette: number;
}

const MEASURES = ['level', 'spread', 'pace'] as const;
/** Minimum number of rows for a machine's behaviour. */
export const MIN_ROWS = 30;
/** Parts of a machine's rows, compared to estimate the error of each value. */
const PARTS = 5;
export const MIN_MEMBERS = 3;
const MAX_FAMILIES = 10;
/**
 * Part of the fleet that counts as a machine's near neighbours, and the least distance to them in standard deviations.
 */
const NEAR = 0.15;
const LEAST_NEAR = 0.02;
/** A new machine may lie this much further from a family than its outermost member: one in seven lies beyond six others. */
const REACH = 1.5;
/**
 * Minimum mean silhouette of a grouping. Source: Kaufman & Rousseeuw, "Finding Groups in Data" (1990): above 0.7
 * strong.
 */
const STRONG = 0.7;
/** From the median absolute deviation to the standard deviation of a normal law. */
const MAD_SD = 1.4826;
const LEAST = 1e-9;

/** The names of the numbers in `Behaviour.values`. */
export function behaviourNames(channels: readonly string[]): string[] {
  return channels.flatMap((channel) => MEASURES.map((measure) => `${channel}: ${measure}`));
}

/** @param rows `MIN_ROWS` or more, oldest first. */
export function behaviourOf({ unit, rows }: Machine): Behaviour {
  const length = Math.floor(rows.length / PARTS);
  const parts = Array.from({ length: PARTS }, (_, i) => numbersOf(rows.slice(i * length, (i + 1) * length)));
  const errors = parts[0].map((_, k) => varianceOf(parts.map((part) => part[k])) / (PARTS - 1));
  return { unit, values: numbersOf(rows), errors };
}

function numbersOf(rows: readonly ArrayLike<number>[]): number[] {
  const values = Array.from(rows[0], (_, c) => {
    const own = rows.map((row) => row[c]);
    const level = median(own);
    const spread = MAD_SD * median(own.map((v) => Math.abs(v - level)));
    let step = 0;
    for (let t = 1; t < own.length; t++) step += Math.abs(own[t] - own[t - 1]) / (own.length - 1);
    const least = LEAST * Math.max(1, Math.abs(level));
    return [level, Math.log(Math.max(spread, least)), Math.log(Math.max(step, least) / Math.max(spread, least))];
  });
  return values.flat();
}

/**
 * Families by behaviour: average linkage; of two to ten families the
 * grouping with the highest mean silhouette, or one family if no grouping is strong.
 * Source: Rousseeuw, J. Comput. Appl. Math. 20 (1987).
 */
export function familiesOf(fleet: readonly Behaviour[]): Family[] {
  const distances = distancesOf(scaledOf(fleet));
  const whole = { groups: [fleet.map((_, i) => i)], silhouettes: fleet.map(() => 0), mean: STRONG };
  let best = whole;
  for (const groups of mergedGroups(distances)) {
    const proper = groups.filter((group) => group.length >= MIN_MEMBERS);
    if (proper.length < 2 || proper.length > MAX_FAMILIES || 2 * proper.flat().length < fleet.length) continue;
    const silhouettes = silhouettesOf(groups, distances);
    const mean = silhouettes.reduce((a, b) => a + b, 0) / silhouettes.length;
    if (mean > best.mean) best = { groups, silhouettes, mean };
  }
  return best.groups
    .map((group) => ({
      units: group.map((i) => fleet[i].unit),
      silhouette: group.reduce((sum, i) => sum + best.silhouettes[i], 0) / group.length,
    }))
    .sort((a, b) => b.units.length - a.units.length);
}

/**
 * The family whose members are nearest to a new machine on average; null if it is further from them than `REACH`
 * times their largest distance from one another.
 */
export function familyFor(machine: Behaviour, fleet: readonly Behaviour[], families: readonly Family[]): Family | null {
  const all = [...fleet.filter(({ unit }) => unit !== machine.unit), machine];
  const distances = distancesOf(scaledOf(all));
  const at = new Map(all.map(({ unit }, i) => [unit, i]));
  const mean = meanDistance(distances);
  const found = families
    .filter(({ units }) => units.length >= MIN_MEMBERS)
    .map((family) => {
      const members = family.units.flatMap((unit) => (unit === machine.unit ? [] : [at.get(unit) ?? 0]));
      const widest = Math.max(
        ...members.map((i) =>
          mean(
            i,
            members.filter((j) => j !== i),
          ),
        ),
      );
      return { family, distance: mean(all.length - 1, members), widest };
    })
    .sort((a, b) => a.distance - b.distance)[0];
  return found && found.distance <= REACH * found.widest ? found.family : null;
}

/**
 * Values in units of the distance to a near neighbour, so that values in which machines form groups separate them
 * widely; times the root of the part of the variance that is not error, so that chance differences do not count.
 */
function scaledOf(fleet: readonly Behaviour[]): number[][] {
  const factors = fleet[0].values.map((_, k) => {
    const own = fleet.map(({ values }) => values[k]);
    const variance = varianceOf(own);
    const error = fleet.reduce((sum, { errors }) => sum + errors[k] / fleet.length, 0);
    if (variance <= error + LEAST ** 2) return 0;
    const near = Math.max(median(own.map((v) => neighbourDistance(v, own))), LEAST_NEAR * Math.sqrt(variance));
    return Math.sqrt(1 - error / variance) / near;
  });
  return fleet.map(({ values }) => values.map((v, k) => v * factors[k]));
}

/** Distance to the last of its near neighbours, at least the second. */
function neighbourDistance(value: number, all: readonly number[]): number {
  const sorted = all.map((v) => Math.abs(v - value)).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(2, Math.round(NEAR * all.length)))];
}

function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
}

function distancesOf(rows: readonly number[][]): number[][] {
  return rows.map((a) => rows.map((b) => Math.sqrt(a.reduce((sum, v, k) => sum + (v - b[k]) ** 2, 0))));
}

/** The mean distance of a machine to others. */
const meanDistance = (distances: readonly number[][]) => (i: number, of: readonly number[]) =>
  of.reduce((sum, j) => sum + distances[i][j], 0) / of.length;

/** Successive groupings, each joining the two closest groups of the one before. */
function* mergedGroups(distances: readonly number[][]): Generator<number[][]> {
  let groups = distances.map((_, i) => [i]);
  const between = distances.map((row) => [...row]);
  while (groups.length > 2) {
    let [first, second] = [0, 1];
    for (let i = 0; i < groups.length; i++)
      for (let j = i + 1; j < groups.length; j++) if (between[i][j] < between[first][second]) [first, second] = [i, j];
    const [a, b] = [groups[first].length, groups[second].length];
    for (let k = 0; k < groups.length; k++) {
      between[first][k] = (a * between[first][k] + b * between[second][k]) / (a + b);
      between[k][first] = between[first][k];
    }
    between.splice(second, 1);
    for (const row of between) row.splice(second, 1);
    groups = groups.flatMap((group, i) => (i === second ? [] : [i === first ? [...group, ...groups[second]] : group]));
    yield groups;
  }
}

/** Silhouette of each machine: how much closer it is to its own group than to the nearest other; 0 if it is alone. */
function silhouettesOf(groups: readonly number[][], distances: readonly number[][]): number[] {
  const out = new Array<number>(distances.length).fill(0);
  const mean = meanDistance(distances);
  for (const group of groups)
    for (const i of group) {
      if (group.length === 1) continue;
      const own = mean(
        i,
        group.filter((j) => j !== i),
      );
      const other = Math.min(...groups.filter((g) => g !== group).map((g) => mean(i, g)));
      out[i] = (other - own) / Math.max(own, other, LEAST);
    }
  return out;
}

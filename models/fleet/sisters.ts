import { studentQuantileOf } from '#models/statistics/quantiles.ts';
import { numberOf, type Table, TableError } from '#models/tables/parseTable.ts';
import type { Behaviour, Family } from './families.ts';

/** A measure in which a machine differs from the others of its family. */
export interface Difference {
  unit: string;
  /** `channel: level`, `spread` or `pace` (`behaviourNames`); spread and pace are logarithms. */
  measure: string;
  value: number;
  /** The mean of its sisters. */
  usual: number;
  /** Distance in standard deviations of its sisters, divided by the limit. */
  times: number;
}

/** Fewer sisters do not show how much machines differ. */
export const MIN_SISTERS = 5;
/** Chance that any machine of a healthy fleet is named. */
const ALPHA = 0.05;

/**
 * Machines unlike their sisters: each value against mean and standard deviation of the others in its family, with
 * Student's prediction limit, Bonferroni-corrected for all values of all machines.
 */
export function unlikeSisters(
  fleet: readonly Behaviour[],
  families: readonly Family[],
  names: readonly string[],
): Difference[] {
  const alpha = ALPHA / (fleet.length * names.length);
  return families
    .flatMap(({ units }) => {
      const members = fleet.filter(({ unit }) => units.includes(unit));
      if (members.length <= MIN_SISTERS) return [];
      return members.flatMap(({ unit, values }) => {
        const sisters = members.filter((one) => one.unit !== unit);
        const n = sisters.length;
        const limit = studentQuantileOf(1 - alpha / 2, n - 1) * Math.sqrt(1 + 1 / n);
        return values.flatMap((value, k) => {
          const others = sisters.map((one) => one.values[k]);
          const usual = others.reduce((a, b) => a + b, 0) / n;
          const sd = Math.sqrt(others.reduce((sum, v) => sum + (v - usual) ** 2, 0) / (n - 1));
          const times = sd > 0 ? Math.abs(value - usual) / (limit * sd) : 0;
          return times > 1 ? [{ unit, measure: names[k], value, usual, times }] : [];
        });
      });
    })
    .sort((a, b) => b.times - a.times);
}

/** A published range of a channel. */
export interface Norm {
  channel: string;
  low: number;
  high: number;
  source: string;
}

/** A machine's usual value outside a published range. */
export interface BeyondNorm extends Norm {
  unit: string;
  value: number;
}

/**
 * Norms from a table of channel, low, high and source; an empty low or high is no limit.
 * @throws TableError if a column is missing, a limit is not a number, or a channel is not among `channels`.
 */
export function readNorms({ rows, lines, separator }: Table, channels: readonly string[]): Norm[] {
  const header = rows[0].map((cell) => cell.trim());
  const place = (name: string) => {
    const at = header.indexOf(name);
    if (at < 0) throw new TableError(`no column ${name}; found ${header.join(', ')}`);
    return at;
  };
  const [channel, low, high, source] = ['channel', 'low', 'high', 'source'].map(place);
  return rows.slice(1).map((cells, i) => {
    const limit = (c: number, none: number) => {
      if (cells[c].trim() === '') return none;
      const value = numberOf(cells[c], separator);
      if (Number.isFinite(value)) return value;
      throw new TableError(
        `line ${lines[i + 1]}, column ${c + 1}: found ${JSON.stringify(cells[c])}; a number is needed`,
      );
    };
    if (!channels.includes(cells[channel]))
      throw new TableError(`line ${lines[i + 1]}: no channel ${cells[channel]}; there are ${channels.join(', ')}`);
    return {
      channel: cells[channel],
      low: limit(low, Number.NEGATIVE_INFINITY),
      high: limit(high, Number.POSITIVE_INFINITY),
      source: cells[source],
    };
  });
}

/** Levels outside their norms. @param names as of `behaviourNames`. */
export function beyondNorms(
  fleet: readonly Behaviour[],
  norms: readonly Norm[],
  names: readonly string[],
): BeyondNorm[] {
  return norms.flatMap((norm) => {
    const k = names.indexOf(`${norm.channel}: level`);
    return fleet.flatMap(({ unit, values }) =>
      k >= 0 && (values[k] < norm.low || values[k] > norm.high) ? [{ ...norm, unit, value: values[k] }] : [],
    );
  });
}

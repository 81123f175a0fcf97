import type { MachineView } from '#models/contracts/api.ts';
import { groupBy } from '../groupBy.ts';
import { byName, worstFirst, worstOf } from './worstFirst.ts';

/** A site, an area or a line, with what it contains. */
export interface Place {
  name: string;
  /** All machines in it, at any level. */
  count: number;
  places: Place[];
  /** Machines that belong to no nested place. */
  machines: MachineView[];
}

const LEVELS = ['site', 'area', 'line'] as const;

/** The sites of a plant with their areas, lines and machines; the worst first at every level. */
export function mapOf(machines: readonly MachineView[], depth = 0): Pick<Place, 'places' | 'machines'> {
  const level = LEVELS.at(depth);
  if (level === undefined) return { places: [], machines: machines.toSorted(worstFirst) };
  const outside = machines.filter(({ health }) => health[level] === undefined);
  const inside = groupBy(
    machines.filter(({ health }) => health[level] !== undefined),
    ({ health }) => health[level] as string,
  );
  const sorted = [...inside].sort(([a, own], [b, others]) => worstOf(own) - worstOf(others) || byName(a, b));
  const places = sorted.map(([name, own]) => ({ name, count: own.length, ...mapOf(own, depth + 1) }));
  // A machine with a line but no area is found by its line.
  const deeper = outside.length > 0 ? mapOf(outside, depth + 1) : { places: [], machines: [] };
  return { places: [...places, ...deeper.places], machines: deeper.machines };
}

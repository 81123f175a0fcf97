import { type ProcessModel, type TrainingNotes, trainProcess } from '../health/process/processModel.ts';
import type { Machine } from './families.ts';

/** Maximum number of rows of each machine, so that none outweighs the others. */
const MAX_ROWS = 2000;

/**
 * The normal of a machine that has hardly run, learned from its family: a model of all its sisters' rows, one machine
 * after the other, so that limits come from blocks of machines that were not trained on.
 * @param sisters two or more. @throws RangeError if they have too few rows or moving channels.
 */
export function familyNormal(
  channels: readonly string[],
  sisters: readonly Machine[],
  notes: TrainingNotes,
): ProcessModel {
  const shortest = Math.min(MAX_ROWS, ...sisters.map(({ rows }) => rows.length));
  const rows = sisters.flatMap((machine) => machine.rows.slice(-shortest));
  const moved = channels.map((_, c) => c).filter((c) => rows.some((row) => row[c] !== rows[0][c]));
  return trainProcess(
    'principal_components',
    moved.map((c) => channels[c]),
    rows.map((row) => Float64Array.from(moved, (c) => row[c])),
    notes,
  );
}

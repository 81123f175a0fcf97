import type { LearningMethod } from '#models/health/process/methodNames.ts';
import { type ProcessModel, trainProcess } from '#models/health/process/processModel.ts';
import { type NamedFile, readNamed, TableError } from '#models/tables/parseTable.ts';
import { readChannels } from './readChannels.ts';

export interface TrainAnomalyOptions {
  separator?: string;
  timeColumn?: string;
  ignore: string[];
  method: LearningMethod;
  seed: number;
}

/**
 * Learns a model of process values from a table of rows that were normal, oldest first, a column a point.
 * @param say what was repaired, and what was left out.
 * @throws TableError where the file is no table of numbers, or too short.
 */
export function trainAnomaly(
  file: NamedFile,
  { separator, timeColumn, ignore, method, seed }: TrainAnomalyOptions,
  version: string,
  say: (line: string) => void,
): ProcessModel {
  const ignored = [...ignore, ...(timeColumn === undefined ? [] : [timeColumn])];
  const { names, rows, carried } = readNamed(file, separator, say, (table) => readChannels(table, ignored));
  if (carried > 0) say(`${carried} empty cells took the value above them`);
  const moved = names.map((_, c) => c).filter((c) => rows.some((row) => row[c] !== rows[0][c]));
  const still = names.filter((_, c) => !moved.includes(c));
  if (still.length > 0) say(`left out, for they never moved: ${still.join(', ')}`);
  try {
    return trainProcess(
      method,
      moved.map((c) => names[c]),
      rows.map((row) => Float64Array.from(moved, (c) => row[c])),
      { data: file.name, version, seed },
    );
  } catch (error) {
    if (error instanceof RangeError) throw new TableError(error.message);
    throw error;
  }
}

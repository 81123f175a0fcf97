import { basename } from 'node:path';
import type { LearningMethod } from '#models/health/process/methodNames.ts';
import { networkFile } from '#models/health/process/networkModel.ts';
import { type ProcessModel, trainProcess } from '#models/health/process/processModel.ts';
import { wrapNetwork } from '#models/health/process/wrapNetwork.ts';
import { loadModel } from '#models/inference/modelRuntimes.ts';
import { type NamedFile, TableError } from '#models/tables/parseTable.ts';
import { readChannels } from './readChannels.ts';
import { readNetwork } from './readNetwork.ts';

export interface TrainAnomalyOptions {
  separator?: string;
  timeColumn?: string;
  ignore: string[];
  method?: LearningMethod;
  seed: number;
  /** An externally trained network in place of a method, with its output and the rows it looks at. */
  network?: string;
  answer: 'reconstruction' | 'score';
  lags: number;
}

/**
 * Trains a model of process values on a table of normal rows, oldest first, a column per point.
 * @param say receives what was repaired and left out.
 * @throws TableError if the file is not a table of numbers, or too short, or a network does not fit it.
 */
export async function trainAnomaly(
  files: readonly NamedFile[],
  { separator, timeColumn, ignore, method = 'principal_components', seed, network, answer, lags }: TrainAnomalyOptions,
  version: string,
  info: (line: string) => void,
): Promise<ProcessModel> {
  const { names, rows, carried: filledCells } = readChannels(files, { separator, timeColumn, ignore }, info);
  const data = files.map((file) => basename(file.name)).join(', ');
  if (filledCells > 0) info(`${filledCells} empty cells took the value above them`);
  const moved = names.map((_, c) => c).filter((c) => rows.some((row) => row[c] !== rows[0][c]));
  const still = names.filter((_, c) => !moved.includes(c));
  if (still.length > 0) info(`left out, for they never moved: ${still.join(', ')}`);
  const channels = moved.map((c) => names[c]);
  const values = rows.map((row) => Float64Array.from(moved, (c) => row[c]));
  try {
    if (network === undefined) return trainProcess(method, channels, values, { data, version, seed });
    const of = { answer, file: readNetwork(network) };
    const loaded = await loadModel(networkFile({ ...of, mean: [], sd: [] })).catch((error: Error) => {
      throw new Error(`${network}: ${error.message}`);
    });
    info(`the network runs on ${loaded.runtime}`);
    return await wrapNetwork(of, lags, channels, values, loaded.model, { data, version });
  } catch (error) {
    if (error instanceof RangeError || network !== undefined)
      throw new TableError(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

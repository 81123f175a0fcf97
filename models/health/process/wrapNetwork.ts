import type { LoadedModel } from '#models/inference/modelRuntime.ts';
import { checkNetwork, type NetworkData, networkStatistics } from './networkModel.ts';
import { limitsOf, type ProcessModel, type TrainingNotes } from './processModel.ts';
import { blocksOf, columnStandards } from './rowMethod.ts';

const WEIGHTS = [0.3];
const ALPHA = 0.002;
const MIN_ROWS = 100;

/**
 * Wraps a network trained elsewhere as a process model: these rows give the standard deviations and the limits, and
 * should be held out from the network's training.
 * @param rows that were normal, oldest first. @param network `data.file`, loaded.
 * @throws RangeError if there are too few rows; Error if the network has another width.
 */
export async function wrapNetwork(
  { answer, file }: Pick<NetworkData, 'answer' | 'file'>,
  lags: number,
  channels: readonly string[],
  rows: readonly Float64Array[],
  network: LoadedModel,
  { data, version }: Omit<TrainingNotes, 'seed'>,
): Promise<ProcessModel> {
  if (rows.length < MIN_ROWS + lags) throw new RangeError(`${rows.length} rows; ${MIN_ROWS + lags} are needed`);
  const { mean, sd } = columnStandards(rows);
  const learned: NetworkData = { mean: Array.from(mean), sd: Array.from(sd), answer, file };
  checkNetwork(learned, lags, network);
  const blocks: number[][][] = [];
  for (const { from, to } of blocksOf(rows.length)) {
    const block = rows.slice(from, to);
    const pasts = block.slice(lags - 1).map((_, i) => block.slice(i, i + lags));
    const values = (await networkStatistics(learned, network, pasts)).map((s) => s.values);
    const odd = values.flat().find((v) => !(v > 0));
    if (odd !== undefined) throw new Error(`the network answers ${odd}; a score is a number above 0`);
    blocks.push(values);
  }
  const split = 'the network was learned elsewhere; its limits are of these rows';
  return {
    format: 'millwright-process',
    version: 2,
    ...limitsOf(blocks, WEIGHTS, ALPHA, channels, rows, { data, split, version }),
    channels: [...channels],
    learned: { method: 'network', data: learned },
    lags,
    weights: WEIGHTS,
  };
}

import type { IndexHistory } from '#models/alerting/tryLimits.ts';
import type { Target } from '#models/contracts/rollout.ts';
import { machineKey } from '#models/contracts/topics.ts';
import { freshState, loadProcess, stepProcess, unpackProcess } from '#models/health/process/processModel.ts';
import { modelText, openPackage } from '#models/packages/modelPackage.ts';
import { type ProposalParts, readRows, slowChannels } from './proposals.ts';
import { RegistryError } from './registry.ts';

export type ModelHistoryParts = Pick<ProposalParts, 'historian' | 'registry' | 'points'>;

/** Rows read at a time, and the total limit; the latest are used. */
const ROWS_READ = 1000;
const MAX_ROWS = 50_000;

/**
 * The index that a model would have given for a machine's stored slow values; 1 is the model's limit.
 * @param id of a package that contains a process model.
 * @throws RegistryError if the model does not exist, runs only at the edge, or needs channels that the machine lacks.
 */
export async function modelHistory(
  target: Target,
  id: string,
  fromMs: number,
  toMs: number,
  parts: ModelHistoryParts,
): Promise<IndexHistory> {
  if (!parts.registry.has(id)) throw new RegistryError(`no model ${id}`);
  const opened = await openPackage(parts.registry.package(id));
  if (opened.manifest.kind !== 'process') throw new RegistryError(`${id} is not a process model`);
  const model = unpackProcess(modelText(opened));
  if (model.learned.method === 'network') throw new RegistryError(`${id} is a network, which runs only at the edge`);
  const { channels, intervalMs } = await slowChannels(target, model.channels, toMs, parts);
  const missing = model.channels.filter((channel) => !channels.includes(channel));
  if (missing.length > 0) throw new RegistryError(`${machineKey(target)} does not send ${missing.join(', ')}`);
  const loaded = loadProcess(model);
  const columns = model.channels.map((channel) => channels.indexOf(channel));
  const timeMs: number[] = [];
  const index: number[] = [];
  let [state, lastMs] = [freshState(model), Number.NEGATIVE_INFINITY];
  const piece = ROWS_READ * intervalMs;
  // Aligned to intervals, so that none spans two chunks.
  const firstMs = Math.ceil(Math.max(fromMs, toMs - MAX_ROWS * intervalMs) / intervalMs) * intervalMs;
  for (let from = firstMs; from < toMs; from += piece) {
    const read = await readRows(target, channels, intervalMs, from, Math.min(toMs, from + piece), parts.historian);
    for (const [i, row] of read.rows.entries()) {
      // Moving averages must not carry values across a gap.
      if (read.timeMs[i] - lastMs > 3 * intervalMs) state = freshState(model);
      lastMs = read.timeMs[i];
      const values = columns.map((c) => row[c]);
      const next = stepProcess(model, loaded, values, state);
      state = next.state;
      if (next.score === null) continue;
      timeMs.push(lastMs);
      index.push(next.score.index);
    }
    // Yields, because reading and assessing a year takes long.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { machine: machineKey(target), timeMs, index };
}

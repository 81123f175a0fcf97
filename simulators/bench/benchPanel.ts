import { serialize } from 'node:v8';
import { loadProcessModel } from '#models/health/process/judgeRows.ts';
import { learnOwnMembers, withMembers } from '#models/health/process/ownMembers.ts';
import { freshState, trainProcess } from '#models/health/process/processModel.ts';
import { loadModel } from '#models/inference/modelRuntimes.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { PROCESS_ANOMALY } from '#models/trained/processAnomaly.ts';

export interface PanelBench {
  channels: number;
  rows: number;
  /**
   * CPU time of a value (one channel of one row), T² and Q included: row by row with the state passed on, as at the
   * edge.
   */
  cpuUsPerValue: number;
  /** The same in batches of 32 rows, as after a pause. */
  cpuUsPerValueInBatches: number;
  /** Size of a channel's state between rows, and of its learned parameters. */
  stateBytesPerChannel: number;
  learnedBytesPerChannel: number;
  learnS: number;
}

const BATCH_ROWS = 32;
const WARM_UP_ROWS = 10_000;

/**
 * Measures a machine's own model with its panel on synthetic rows: half of the channels follow a load, the others
 * drift.
 */
export async function benchPanel(channels: number, rows: number, info: (line: string) => void): Promise<PanelBench> {
  const names = Array.from({ length: channels }, (_, c) => `c${c}`);
  const next = rowSource(channels);
  const { stretches, stretchRows, margin } = PROCESS_ANOMALY.settings;
  const training = Array.from({ length: stretches * stretchRows }, next);
  const starts = new Set(Array.from({ length: stretches - 1 }, (_, i) => (i + 1) * stretchRows));
  info(`learning from ${training.length} rows of ${channels} channels`);
  const learnStart = process.cpuUsage();
  const model = trainProcess('principal_components', names, training, { data: 'made up', version: '', seed: 1 });
  const own = learnOwnMembers({ channels: names, rows: training, starts, context: new Set() }, Math.sqrt(margin));
  const learnS = cpuUsSince(learnStart) / 1e6;
  const ready = withMembers(await loadProcessModel(model, loadModel), names, own);
  let state = freshState(model);
  const judge = async (batch: number[][]) => {
    ({ state } = await ready.judge(batch, state));
  };
  const given = Array.from({ length: rows }, () => Array.from(next()));
  info(`judging ${rows} rows`);
  // One-off compilation is not part of a value's cost.
  for (let i = 0; i < WARM_UP_ROWS; i++) await judge([given[i % rows]]);
  const singly = process.cpuUsage();
  for (const row of given) await judge([row]);
  const cpuUsPerValue = cpuUsSince(singly) / (rows * channels);
  const together = process.cpuUsage();
  for (let i = 0; i < rows; i += BATCH_ROWS) await judge(given.slice(i, i + BATCH_ROWS));
  return {
    channels,
    rows,
    cpuUsPerValue: rounded(cpuUsPerValue),
    cpuUsPerValueInBatches: rounded(cpuUsSince(together) / (rows * channels)),
    stateBytesPerChannel: Math.ceil(serialize(state).length / channels),
    learnedBytesPerChannel: Math.ceil(serialize({ model, own }).length / channels),
    learnS: rounded(learnS),
  };
}

function rowSource(channels: number): () => Float64Array {
  const random = randomOf(1);
  const levels = new Float64Array(channels);
  return () => {
    const load = gaussian(random);
    return levels.map((level, c) => {
      if (c % 2 === 0) return 50 + load * (1 + c) + 0.2 * gaussian(random);
      levels[c] = 0.99 * level + gaussian(random);
      return levels[c];
    });
  };
}

function cpuUsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

const rounded = (v: number) => Number(v.toPrecision(3));

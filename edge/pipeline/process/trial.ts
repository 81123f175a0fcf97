import { freshState, type ProcessModel } from '#models/health/process/processModel.ts';
import { NOT_YET } from '#models/packages/rollout.ts';
import type { HostJob, HostResult } from '../../models/modelHost.ts';
import { MAX_EXCEEDING_FRACTION, MAX_ROW_MS, MIN_SEEN_FRACTION, MIN_TRIAL_ROWS, SHIFT_SD } from '../judgement.ts';

/** Outcome of a new model on the machine's own rows. */
export type TrialResult = { ok: true } | { ok: false; why: string };

/** The machine has too little history, which is not the model's fault. */
export class NotReadyError extends Error {
  constructor(why: string) {
    super(`${NOT_YET}${why}`);
  }
}

const MAX_PROBED = 12;
/** 5 to 95 % of a normal distribution, in standard deviations. */
const RANGE = 3.29;

/**
 * Jobs that try a model on a machine's recent rows: unchanged, and with each channel in turn far out of range.
 * @throws NotReadyError if there are too few rows.
 */
export function trialJobs(id: string, model: ProcessModel, rows: readonly number[][]): HostJob[] {
  if (rows.length < MIN_TRIAL_ROWS)
    throw new NotReadyError(`${rows.length} rows with all its channels for a trial; ${MIN_TRIAL_ROWS} are needed`);
  const state = freshState(model);
  const own: HostJob = { id, model, rows: [...rows], state };
  const shifted = probedChannels(model).map((c) => {
    const quantiles = model.reference.channels[c];
    const by = SHIFT_SD * Math.max((quantiles[19] - quantiles[1]) / RANGE, 1e-6 * Math.abs(quantiles[10]), 1e-9);
    return { ...own, rows: rows.map((row) => row.map((v, k) => (k === c ? v + by : v))) };
  });
  return [own, ...shifted];
}

/** Evaluates the results of the trial jobs. Pure. */
export function evaluateTrial(model: ProcessModel, results: readonly HostResult[], rows: number): TrialResult {
  const [own, ...shifted] = results;
  const failed = results.find((result) => !result.ok);
  if (failed && !failed.ok) return { ok: false, why: `it ${failed.why.replace('_', ' ')}: ${failed.detail}` };
  const ms = own.ok ? own.ms / rows : 0;
  if (ms > MAX_ROW_MS) return { ok: false, why: `it takes ${ms.toFixed(0)} ms a row; at most ${MAX_ROW_MS}` };
  const exceeding = countExceedances(own);
  if (exceeding > MAX_EXCEEDING_FRACTION * rows)
    return { ok: false, why: `it calls ${exceeding} of the machine's last ${rows} rows unlike its training` };
  const unseen = probedChannels(model).filter((_, i) => countExceedances(shifted[i]) === 0);
  if (unseen.length > (1 - MIN_SEEN_FRACTION) * shifted.length)
    return {
      ok: false,
      why: `it does not see it when ${unseen.map((c) => model.channels[c]).join(', ')} leave their range`,
    };
  return { ok: true };
}

/** Channels that are shifted in turn: all of a few, or an even selection of many. */
function probedChannels({ channels }: ProcessModel): number[] {
  const count = Math.min(MAX_PROBED, channels.length);
  return Array.from({ length: count }, (_, i) => Math.floor((i * channels.length) / count));
}

function countExceedances(result: HostResult): number {
  return result.ok ? result.scores.filter((score) => score !== null && score.index > 1).length : 0;
}

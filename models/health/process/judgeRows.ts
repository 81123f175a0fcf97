import type { LoadedModel, ModelFile } from '#models/inference/modelRuntime.ts';
import { checkNetwork, networkFile, networkStatistics } from './networkModel.ts';
import { appendToPast, judgeRow, loadProcess, type ProcessModel } from './processModel.ts';
import type { ProcessScore, ProcessState } from './processState.ts';
import type { RowModel, Statistics } from './rowMethod.ts';

/** A loaded model with its runtime. */
export interface ReadyModel {
  runtime: string;
  /**
   * Score of each row (null: too few rows before it), and the state after the last. @throws Error if a result is NaN.
   */
  judge(
    rows: readonly number[][],
    state: ProcessState,
  ): Promise<{ scores: (ProcessScore | null)[]; state: ProcessState }>;
}

/**
 * Loads a process model to judge rows.
 * @param load finds a runtime for a network; built-in methods need none.
 * @throws Error if the model cannot be run here, or its network has another width than its rows.
 */
export async function loadProcessModel(
  model: ProcessModel,
  load: (file: ModelFile) => Promise<{ model: LoadedModel; runtime: string }>,
): Promise<ReadyModel> {
  const { learned } = model;
  if (learned.method !== 'network') {
    const loaded = loadProcess(model);
    return ready(model, learned.method, async (pasts) => pasts.map((past) => past && loaded.statistics(past)));
  }
  const { data } = learned;
  const found = await load(networkFile(data));
  checkNetwork(data, model.lags, found.model);
  return ready(model, found.runtime, async (pasts) => {
    const known = pasts.filter((past) => past !== null);
    const answers = await networkStatistics(data, found.model, known);
    let next = 0;
    return pasts.map((past) => (past ? answers[next++] : null));
  });
}

function ready(
  model: ProcessModel,
  runtime: string,
  statisticsOf: (pasts: readonly (Parameters<RowModel['statistics']>[0] | null)[]) => Promise<(Statistics | null)[]>,
): ReadyModel {
  return {
    runtime,
    async judge(rows, before) {
      let state = before;
      const pasts = rows.map((row) => {
        const past = appendToPast(model, row, state);
        state = { ...state, past: [...state.past, row].slice(-model.lags) };
        return past;
      });
      const statistics = await statisticsOf(pasts);
      state = before;
      const scores = rows.map((row, i) => {
        const next = judgeRow(model, row, statistics[i], state);
        if (next.score && !Number.isFinite(next.score.index)) throw new Error('it answers what is no number');
        state = next.state;
        return next.score;
      });
      return { scores, state };
    },
  };
}

import { type Fit, fitOf } from '#models/health/process/drift.ts';
import type { ProcessModel } from '#models/health/process/processModel.ts';
import type { ProcessScore } from '#models/health/process/processState.ts';
import { MIN_FIT_ROWS } from '../judgement.ts';

const CHECK_INTERVAL_ROWS = 50;
const MAX_INDICES = 500;

/** Checks periodically whether a model still fits its machine; not kept across a restart. */
export class FitMonitor {
  fit: Fit | undefined;
  #indices: number[] = [];
  #rowsSinceCheck = 0;

  /** @param recent the machine's newest rows. */
  update(
    model: ProcessModel,
    scores: readonly (ProcessScore | null)[],
    recent: readonly { values: ReadonlyMap<string, number> }[],
  ): void {
    // A panel's members were not part of the model's training.
    for (const score of scores) if (score) this.#indices.push(score.level ?? score.index);
    this.#rowsSinceCheck += scores.length;
    if (this.#rowsSinceCheck < CHECK_INTERVAL_ROWS) return;
    this.#rowsSinceCheck = 0;
    this.#indices = this.#indices.slice(-MAX_INDICES);
    const rows = recent
      .filter(({ values }) => model.channels.every((channel) => values.has(channel)))
      .map(({ values }) => model.channels.map((channel) => values.get(channel) as number));
    if (rows.length >= MIN_FIT_ROWS && this.#indices.length >= MIN_FIT_ROWS)
      this.fit = fitOf(model, rows, this.#indices);
  }
}

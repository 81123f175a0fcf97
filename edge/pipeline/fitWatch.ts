import { type Fit, fitOf } from '#models/health/process/drift.ts';
import type { ProcessModel, ProcessScore } from '#models/health/process/processModel.ts';

const EVERY = 50;
const LEAST_ROWS = 200;
const MOST_INDICES = 500;

/** Whether a model still fits its machine, looked at now and then; not kept across a restart. */
export class FitWatch {
  fit: Fit | undefined;
  #indices: number[] = [];
  #since = 0;

  /** @param recent the machine's newest rows. */
  watch(
    model: ProcessModel,
    scores: readonly (ProcessScore | null)[],
    recent: readonly { values: ReadonlyMap<string, number> }[],
  ): void {
    for (const score of scores) if (score) this.#indices.push(score.index);
    this.#since += scores.length;
    if (this.#since < EVERY) return;
    this.#since = 0;
    this.#indices = this.#indices.slice(-MOST_INDICES);
    const rows = recent
      .filter(({ values }) => model.channels.every((channel) => values.has(channel)))
      .map(({ values }) => model.channels.map((channel) => values.get(channel) as number));
    if (rows.length >= LEAST_ROWS && this.#indices.length >= LEAST_ROWS) this.fit = fitOf(model, rows, this.#indices);
  }
}

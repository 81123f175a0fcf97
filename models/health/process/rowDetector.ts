import { type Detector, type Score, stillLearning } from '../detector.ts';
import type { LearningMethod } from './methodNames.ts';
import { freshState, loadProcess, type ProcessModel, stepProcess, trainProcess } from './processModel.ts';
import type { ProcessState } from './processState.ts';
import { columnStandards, type RowModel } from './rowMethod.ts';

export interface RowSnapshot {
  /** Rows collected for learning; empty once learned. */
  learning: Float64Array[];
  learned: { model: ProcessModel; state: ProcessState; normal: number[] } | null;
}

/** Learns a baseline from its first rows, by any of the built-in methods, and judges the rows that follow. */
export class RowDetector implements Detector<RowSnapshot> {
  readonly #method: LearningMethod;
  readonly #names: readonly string[];
  readonly #learnRows: number;
  #learning: Float64Array[] = [];
  #learned: RowSnapshot['learned'] = null;
  #loaded: RowModel | null = null;
  /** Result for the row scored last, which `learn` of the same row reuses. */
  #latest: { row: ArrayLike<number>; next: ReturnType<typeof stepProcess> } | null = null;

  constructor(method: LearningMethod, names: readonly string[], learnRows: number, snapshot?: RowSnapshot) {
    this.#method = method;
    this.#names = names;
    this.#learnRows = learnRows;
    if (!snapshot) return;
    this.#learning = [...snapshot.learning];
    this.#learned = snapshot.learned;
    this.#loaded = snapshot.learned && loadProcess(snapshot.learned.model);
  }

  score(row: ArrayLike<number>): Score {
    const next = this.#step(row);
    this.#latest = next && { row, next };
    const { score } = next ?? {};
    if (!score) return stillLearning(this.#learned ? 1 : this.#learnRows - this.#learning.length);
    const contributions = score.channels.map((feature) => {
      const c = this.#names.indexOf(feature);
      return { feature, value: row[c], normal: this.#learned?.normal[c] ?? 0 };
    });
    return { assessable: true, index: score.index, contributions };
  }

  /** @throws RangeError at the last learning row if there are too few for the method. */
  learn(row: ArrayLike<number>): void {
    const next = this.#latest?.row === row ? this.#latest.next : this.#step(row);
    this.#latest = null;
    if (this.#learned && next) {
      this.#learned = { ...this.#learned, state: next.state };
      return;
    }
    this.#learning.push(Float64Array.from(row));
    if (this.#learning.length === this.#learnRows) this.#settle();
  }

  snapshot(): RowSnapshot {
    return { learning: [...this.#learning], learned: this.#learned };
  }

  #step(row: ArrayLike<number>): ReturnType<typeof stepProcess> | null {
    if (!this.#learned || !this.#loaded) return null;
    return stepProcess(this.#learned.model, this.#loaded, Array.from(row), this.#learned.state);
  }

  #settle(): void {
    const rows = this.#learning;
    const model = trainProcess(this.#method, this.#names, rows, { data: 'its first rows', version: '', seed: 1 });
    const past = rows.slice(-model.lags).map((row) => Array.from(row));
    const normal = Array.from(columnStandards(rows).mean);
    this.#learned = { model, state: { ...freshState(model), past }, normal };
    this.#loaded = loadProcess(model);
    this.#learning = [];
  }
}

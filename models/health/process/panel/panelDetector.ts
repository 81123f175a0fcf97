import { stepTrigger } from '#models/alerting/trigger.ts';
import { type Detector, type Score, stillLearning, type Unassessable } from '../../detector.ts';
import { leadingChannels } from '../rowMethod.ts';
import {
  type BaseMaker,
  type LearnedPanel,
  learnPanel,
  type PanelSnapshot,
  restored,
  snapshotOf,
  viewsOf,
} from './learnedPanel.ts';
import { type Watch, watchOf } from './memberSet.ts';

export type PanelScore = Extract<Score, { assessable: true }> & {
  /** Members whose limit the row exceeds, and channels without a value in it. */
  by: string[];
  missing: string[];
};

/**
 * Detectors of different kinds that share one chance of a false alarm, Bonferroni-corrected by member and channel. The
 * level has its own detector (`base`); members judge deseasonalised values. Missing values are NaN.
 */
export class PanelDetector<Method extends string = string> implements Detector<PanelSnapshot<Method>> {
  readonly #names: readonly string[];
  readonly #learnRows: number;
  readonly #base: BaseMaker<Method>;
  #learning: Float64Array[] = [];
  #learned: LearnedPanel<Method> | null = null;
  /** The verdict on the row scored last, which `learn` of the same row reuses. */
  #latest: {
    row: ArrayLike<number>;
    values: Float64Array;
    verdict: PanelScore;
    base: number;
    whole: Float64Array;
    without: Float64Array;
  } | null = null;

  constructor(names: readonly string[], learnRows: number, base: BaseMaker<Method>, snapshot?: PanelSnapshot<Method>) {
    this.#names = names;
    this.#learnRows = learnRows;
    this.#base = base;
    if (!snapshot) return;
    this.#learning = [...snapshot.learning];
    this.#learned = snapshot.learned && restored(snapshot.learned, base);
  }

  /** Method of the level; null while it learns. */
  get method(): Method | null {
    return this.#learned?.base.method ?? null;
  }

  /** What is watched, and the smallest detectable changes. */
  watches(): Watch[] {
    const learned = this.#learned;
    if (!learned) return [];
    const states = watchOf(learned.states, this.#names);
    return [...learned.members.watches(this.#names), ...(states.channels > 0 ? [states] : [])];
  }

  /** Periods of the detected seasons, in rows. */
  seasons(): Record<string, number> {
    const seasons = this.#learned?.seasons ?? [];
    return Object.fromEntries(seasons.flatMap((s, c) => (s ? [[this.#names[c], s.period] as const] : [])));
  }

  score(row: ArrayLike<number>): PanelScore | Unassessable {
    const learned = this.#learned;
    if (!learned) return stillLearning(this.#learnRows - this.#learning.length);
    const values = new Float64Array(row);
    const { whole, without } = viewsOf(values, learned);
    const base = learned.base.detector.score(without);
    if (!base.assessable) return base;
    const { on } = stepTrigger(learned.trigger, base.index, learned.base.trigger);
    // An index that the level's trigger suppresses stays below the limit, one that it holds stays above.
    let index = on ? Math.max(1, base.index) : Math.min(base.index, 0.999);
    let leading = base.contributions;
    const by: string[] = on ? [learned.base.method] : [];
    const take = (name: string, ratios: Float64Array) => {
      let worst = 0;
      for (let c = 0; c < ratios.length; c++) if (ratios[c] > worst) worst = ratios[c];
      if (worst >= 1 && !by.includes(name)) by.push(name);
      if (worst <= index) return;
      index = worst;
      leading = leadingChannels(ratios.map((r) => r * r)).map((c) => ({
        feature: this.#names[c],
        value: whole[c],
        normal: learned.normal[c],
      }));
    };
    learned.members.judge(whole, without, take);
    take('missing', learned.missing.ratios(values));
    take('states', learned.states.ratios(whole));
    const missing = this.#names.filter((_, c) => Number.isNaN(values[c]));
    const verdict: PanelScore = { assessable: true, index, contributions: leading, by, missing };
    this.#latest = { row, values, verdict, base: base.index, whole, without };
    return verdict;
  }

  /** @throws RangeError at the last learning row if there are too few for the level's detector. */
  learn(row: ArrayLike<number>): void {
    const learned = this.#learned;
    if (!learned) {
      this.#learning.push(Float64Array.from(row));
      if (this.#learning.length === this.#learnRows) this.#settle();
      return;
    }
    if (this.#latest?.row !== row) this.score(row);
    const latest = this.#latest;
    if (latest === null) throw new Error('a row that was scored has no verdict');
    this.#latest = null;
    const { values, whole, without } = latest;
    // A fault is not learned as season.
    const normal = latest.verdict.index < 1;
    learned.seasons.forEach((season, c) => {
      if (normal) season?.follow(learned.rows, without[c]);
    });
    learned.trigger = stepTrigger(learned.trigger, latest.base, learned.base.trigger);
    learned.base.detector.learn(without);
    learned.members.push(whole, without);
    learned.missing.push(values);
    learned.states.push(whole);
    learned.carried = whole;
    learned.rows++;
  }

  /** The verdict on a row, which is then learned from. @throws Error if it cannot be assessed. */
  judge(row: Float64Array): PanelScore {
    const score = this.score(row);
    if (!score.assessable) throw new Error(`${score.reason}: ${score.remedy}`);
    this.learn(row);
    return score;
  }

  snapshot(): PanelSnapshot<Method> {
    return { learning: [...this.#learning], learned: this.#learned && snapshotOf(this.#learned) };
  }

  #settle(): void {
    this.#learned = learnPanel(this.#learning, this.#base);
    this.#learning = [];
  }
}

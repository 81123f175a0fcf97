import { predictTrees } from '#models/inference/boostedTrees.ts';
import { median } from '../statistics.ts';
import { unlikeTraining } from '../trainingSupport.ts';
import { FIRST_CYCLE, LIFE_CAP, lifeFeatures, scaled, type UnitHistory } from './lifeFeatures.ts';
import { ageless, type LifeExpert, type LifeModel, speakerOf, toCycles } from './trainLife.ts';

export type LifePrediction =
  | {
      unit: string;
      /** Cycles; the middle of the distribution's errors is not taken out of it. */
      rul: number;
      interval: { level: number; low: number; high: number };
      /** The distribution: cycles that it lasts with each chance. */
      quantiles: Record<string, number>;
      /** Who spoke. */
      by: 'with_age' | 'without_age';
      /**
       * What boosted trees say, who know the age; null where it is unknown. They agree inside the first model's
       * interval; where they do not, the interval is widened to hold both.
       */
      secondOpinion: { rul: number; agrees: boolean } | null;
    }
  | { unit: string; assessment: 'not_assessable'; reason: string; remedy: string };

export type AgeKnowledge = 'auto' | 'known' | 'unknown';

export const LEVEL = 0.9;
/** The ends of the interval, and between them. */
export const ENDS = [0.05, 0.95] as const;
const SHOWN = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
/** Width of the kernel over what was said, in cycles. */
const KERNEL = 8;

/** A column whose newest median lies further from its training, in standard deviations, is of something else. */
const FAR = 10;
const NEWEST = 10;

/**
 * Remaining life at a unit's last row, with a conformal interval from units that the model had not seen.
 * @param age `auto`: known where the unit's first time is as early as those of the training.
 * @throws RangeError where rows are not as wide as those that it was trained on.
 */
export function predictLife(unit: UnitHistory, model: LifeModel, age: AgeKnowledge = 'auto'): LifePrediction {
  const { width } = model.scaling;
  if (unit.rows[0].length !== width)
    throw new RangeError(`rows of ${unit.rows[0].length} sensors; the model was trained on ${width}`);
  const missing = FIRST_CYCLE - unit.rows.length;
  if (missing > 0) {
    return {
      unit: unit.unit,
      assessment: 'not_assessable',
      reason: 'too short a history',
      remedy: `${missing} more cycles`,
    };
  }
  const nameOf = (c: number) => (model.names ? model.names[c] : `sensor ${c + 1}`);
  const far = scaled(unit, model.scaling).findIndex((column) => Math.abs(median(column.slice(-NEWEST))) > FAR);
  if (far >= 0) {
    return {
      unit: unit.unit,
      assessment: 'not_assessable',
      reason: `${nameOf(model.scaling.columns[far])} is more than ${FAR} standard deviations away from all that the model was trained on`,
      remedy: 'compare its unit and its place in the table with those of the training, or train on units like this one',
    };
  }
  const unlike = model.support && unlikeTraining(unit.rows, model.support, nameOf);
  if (unlike) {
    return {
      unit: unit.unit,
      assessment: 'not_assessable',
      reason: unlike,
      remedy: 'compare units and operating regime with those of the training, or train on units that ran like this one',
    };
  }
  const features = lifeFeatures(unit, model.scaling);
  const row = features[features.length - 1];
  const known = age === 'known' || (age === 'auto' && unit.startsAt <= model.latestStart);
  const expert = known ? model.withAge : model.withoutAge;
  const [rul] = speakerOf(expert.networks)([known ? row : ageless(row)]);
  const shown = quantilesOf(rul, expert.calibration, SHOWN);
  const [low, high] = [shown[0], shown[shown.length - 1]];
  const trees = known ? toCycles(predictTrees(model.trees, row)) : null;
  const agrees = trees === null || (trees >= low && trees <= high);
  // Two models that disagree are less sure together than the one alone: the interval takes both in.
  if (trees !== null) [shown[0], shown[shown.length - 1]] = [Math.min(low, trees), Math.max(high, trees)];
  return {
    unit: unit.unit,
    rul,
    interval: { level: LEVEL, low: shown[0], high: shown[shown.length - 1] },
    quantiles: Object.fromEntries(SHOWN.map((p, i) => [p, shown[i]])),
    by: known ? 'with_age' : 'without_age',
    secondOpinion: trees === null ? null : { rul: trees, agrees },
  };
}

/**
 * Quantiles of the remaining life where `said` was said: weighted quantiles of the errors made near it, with the n+1
 * correction (Vovk et al. 2005; Tibshirani et al. 2019). They rise.
 */
export function quantilesOf(said: number, calibration: LifeExpert['calibration'], levels: readonly number[]): number[] {
  const weights = calibration.said.map((s) => Math.exp(-0.5 * ((s - said) / KERNEL) ** 2));
  const total = weights.reduce((a, b) => a + b, 0) + 1;
  const order = calibration.off.map((_, i) => i).sort((a, b) => calibration.off[a] - calibration.off[b]);
  const error = (p: number) => {
    let sum = 0;
    for (const i of order) {
      sum += weights[i];
      if (sum >= p * total) return calibration.off[i];
    }
    return LIFE_CAP;
  };
  return levels.map((p) => Math.max(0, Math.min(LIFE_CAP, said + error(p))));
}

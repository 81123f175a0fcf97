import { predictTrees } from '#models/inference/boostedTrees.ts';
import { median } from '../statistics.ts';
import { unlikeTraining } from '../trainingSupport.ts';
import { FIRST_CYCLE, LIFE_CAP, lifeFeatures, scaled, type UnitHistory } from './lifeFeatures.ts';
import type { AgeModel } from './trainAgeModel.ts';
import { ageless, createPredictor, type LifeExpert, type LifeModel, toSteps } from './trainLife.ts';
import { MIN_FAILURES, weibullQuantiles } from './weibullLife.ts';

export type LifePrediction =
  | {
      unit: string;
      /** Point prediction in `timeUnit`, not corrected by the median of the errors. */
      rul: number;
      interval: { level: number; low: number; high: number };
      /** The distribution: remaining life at each probability. */
      quantiles: Record<string, number>;
      /** Unit of all times here: `hours`, `cycles` … */
      timeUnit: string;
      /** The model used: measurements with or without age, or age alone. */
      by: 'with_age' | 'without_age' | 'age_alone';
      /**
       * Prediction of boosted trees, which also need the age; null if it is unknown. They agree if inside the first
       * model's interval; otherwise the interval is widened to cover both.
       */
      secondOpinion: { rul: number; agrees: boolean } | null;
    }
  | NotAssessable;

type NotAssessable = { unit: string; assessment: 'not_assessable'; reason: string; remedy: string };

export type AgeKnowledge = 'auto' | 'known' | 'unknown';

export const LEVEL = 0.9;
/** Probabilities of the interval's ends, and all reported ones. */
export const ENDS = [0.05, 0.95] as const;
const SHOWN = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
/** Width of the kernel over predictions, in steps. */
const KERNEL = 8;

/** A column whose latest median is further from training, in standard deviations, measures something else. */
const FAR = 10;
const NEWEST = 10;
/** Minimum number of steps with measurements. */
const MIN_MEASURED = 5;

/**
 * Remaining life at a unit's last row, with a conformal interval calibrated on held-out units.
 * @param age `auto`: known where times count since new and the unit's first is as early as those of the training.
 * @throws RangeError if rows have another width than in training.
 */
export function predictLife(unit: UnitHistory, model: LifeModel, age: AgeKnowledge = 'auto'): LifePrediction {
  const { width } = model.scaling;
  if (unit.rows[0].length !== width)
    throw new RangeError(`rows of ${unit.rows[0].length} sensors; the model was trained on ${width}`);
  const { unit: timeUnit, step, sinceNew } = model.time ?? { unit: 'cycles', step: 1, sinceNew: true };
  const obstacle = obstacleOf(unit, model, (steps) => `${Number((steps * step).toPrecision(3))} more ${timeUnit}`);
  if (obstacle) return { unit: unit.unit, assessment: 'not_assessable', ...obstacle };
  const features = lifeFeatures(unit, model.scaling);
  const row = features[features.length - 1];
  const known = age === 'known' || (age === 'auto' && sinceNew && unit.startsAt <= model.latestStart);
  const expert = known ? model.withAge : model.withoutAge;
  const [left] = createPredictor(expert.networks)([known ? row : ageless(row)]);
  const shown = quantilesOf(left, expert.calibration, SHOWN);
  const [low, high] = [shown[0], shown[shown.length - 1]];
  const trees = known ? toSteps(predictTrees(model.trees, row)) : null;
  const agrees = trees === null || (trees >= low && trees <= high);
  // Disagreement of the models adds uncertainty: the interval covers both.
  if (trees !== null) [shown[0], shown[shown.length - 1]] = [Math.min(low, trees), Math.max(high, trees)];
  return {
    unit: unit.unit,
    rul: left * step,
    interval: { level: LEVEL, low: shown[0] * step, high: shown[shown.length - 1] * step },
    quantiles: Object.fromEntries(SHOWN.map((p, i) => [p, shown[i] * step])),
    timeUnit,
    by: known ? 'with_age' : 'without_age',
    secondOpinion: trees === null ? null : { rul: trees * step, agrees },
  };
}

/** Remaining life from a unit's age alone. @param age `auto`: known where times count since new. */
export function predictByAge(
  { unit, times }: { unit: string; times: readonly number[] },
  { time, life, needed }: AgeModel,
  age: AgeKnowledge = 'auto',
): LifePrediction {
  const withheld = (reason: string, remedy: string): NotAssessable => ({
    unit,
    assessment: 'not_assessable',
    reason,
    remedy,
  });
  if (life === null) return withheld(`fewer than ${MIN_FAILURES} failures in the training`, needed);
  if (age === 'unknown' || (age === 'auto' && !time.sinceNew))
    return withheld(
      'the age of the unit is unknown, and the model knows lives by age alone',
      'times since new; or --age known, where the first row is of a new unit; or the failures that a model of measurements needs',
    );
  const now = times[times.length - 1] - (time.sinceNew ? 0 : times[0]);
  const shown = weibullQuantiles(life, now, SHOWN);
  return {
    unit,
    rul: shown[SHOWN.indexOf(0.5)],
    interval: { level: LEVEL, low: shown[0], high: shown[shown.length - 1] },
    quantiles: Object.fromEntries(SHOWN.map((p, i) => [p, shown[i]])),
    timeUnit: time.unit,
    by: 'age_alone',
    secondOpinion: null,
  };
}

/** What prevents a verdict: too short a history, or newest rows unlike the training. */
function obstacleOf(
  unit: UnitHistory,
  model: LifeModel,
  more: (steps: number) => string,
): { reason: string; remedy: string } | null {
  const missing = FIRST_CYCLE - unit.rows.length;
  if (missing > 0) return { reason: 'too short a history', remedy: more(missing) };
  const measured = unit.fresh?.filter(Boolean).length ?? unit.rows.length;
  if (measured < MIN_MEASURED)
    return { reason: 'too few rows in its history', remedy: `${MIN_MEASURED - measured} more rows` };
  const nameOf = (c: number) => (model.names ? model.names[c] : `sensor ${c + 1}`);
  const far = scaled(unit, model.scaling).findIndex((column) => Math.abs(median(column.slice(-NEWEST))) > FAR);
  if (far >= 0)
    return {
      reason: `${nameOf(model.scaling.columns[far])} is more than ${FAR} standard deviations away from all that the model was trained on`,
      remedy: 'compare its unit and its place in the table with those of the training, or train on units like this one',
    };
  const unlike = model.support && unlikeTraining(unit.rows, model.support, nameOf);
  return unlike
    ? {
        reason: unlike,
        remedy:
          'compare units and operating regime with those of the training, or train on units that ran like this one',
      }
    : null;
}

/**
 * Rising quantiles of the remaining life, in steps, for a prediction: weighted quantiles of the errors near it, with
 * the n+1 correction (Vovk et al. 2005; Tibshirani et al. 2019).
 */
export function quantilesOf(
  prediction: number,
  calibration: LifeExpert['calibration'],
  levels: readonly number[],
): number[] {
  const weights = calibration.said.map((s) => Math.exp(-0.5 * ((s - prediction) / KERNEL) ** 2));
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
  return levels.map((p) => Math.max(0, Math.min(LIFE_CAP, prediction + error(p))));
}

import type { LoadedModel } from '#models/inference/modelRuntime.ts';
import { median } from '../statistics.ts';
import { FIRST_CYCLE, LIFE_CAP, lifeFeatures, scaled, type UnitHistory } from './lifeFeatures.ts';
import { type LifeModel, toCycles } from './trainLife.ts';

export type LifePrediction =
  | { unit: string; rul: number; interval: { level: number; low: number; high: number } }
  | { unit: string; assessment: 'not_assessable'; reason: string; remedy: string };

export const LEVEL = 0.9;
/** Width of the kernel over what was said, in cycles. */
const KERNEL = 8;

/** A column whose newest median lies further from its training, in standard deviations, is of something else. */
const FAR = 10;
const NEWEST = 10;

/**
 * Remaining life at a unit's last row, with a conformal interval from units that the model had not seen.
 * @throws RangeError where rows are not as wide as those that it was trained on.
 */
export function predictLife(unit: UnitHistory, model: LifeModel, network: LoadedModel): LifePrediction {
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
  const far = scaled(unit, model.scaling).findIndex((column) => Math.abs(median(column.slice(-NEWEST))) > FAR);
  if (far >= 0) {
    return {
      unit: unit.unit,
      assessment: 'not_assessable',
      reason: `sensor ${model.scaling.columns[far] + 1} is more than ${FAR} standard deviations away from all that the model was trained on`,
      remedy: 'compare its unit and its place in the table with those of the training, or train on units like this one',
    };
  }
  const features = lifeFeatures(unit, model.scaling);
  const rul = toCycles(network.predict([features[features.length - 1]])[0]);
  const [low, high] = intervalOf(rul, model.calibration);
  return { unit: unit.unit, rul, interval: { level: LEVEL, low, high } };
}

/** Weighted quantiles of the errors made near `said`, with the n+1 correction (Vovk et al. 2005; Tibshirani et al. 2019). */
export function intervalOf(said: number, calibration: LifeModel['calibration']): [number, number] {
  const weights = calibration.said.map((s) => Math.exp(-0.5 * ((s - said) / KERNEL) ** 2));
  const total = weights.reduce((a, b) => a + b, 0) + 1;
  const order = calibration.off.map((_, i) => i).sort((a, b) => calibration.off[a] - calibration.off[b]);
  const quantile = (p: number) => {
    let sum = 0;
    for (const i of order) {
      sum += weights[i];
      if (sum >= p * total) return calibration.off[i];
    }
    return LIFE_CAP;
  };
  const low = Math.max(0, said + quantile((1 - LEVEL) / 2));
  return [low, Math.min(LIFE_CAP, Math.max(low, said + quantile((1 + LEVEL) / 2)))];
}

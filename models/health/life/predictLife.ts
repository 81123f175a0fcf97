import type { LoadedModel } from '#models/inference/modelRuntime.ts';
import { FIRST_CYCLE, LIFE_CAP, lifeFeatures, type UnitHistory } from './lifeFeatures.ts';
import { type LifeModel, toCycles } from './trainLife.ts';

export type LifePrediction =
  | { unit: string; rul: number; interval: { level: number; low: number; high: number } }
  | { unit: string; assessment: 'not_assessable'; reason: string; remedy: string };

const LEVEL = 0.9;
/** Width of the kernel over what was said, in cycles. */
const KERNEL = 8;

/** Remaining life at a unit's last row, with a conformal interval from units that the model had not seen. */
export function predictLife(unit: UnitHistory, model: LifeModel, network: LoadedModel): LifePrediction {
  const missing = FIRST_CYCLE - unit.rows.length;
  if (missing > 0) {
    return {
      unit: unit.unit,
      assessment: 'not_assessable',
      reason: 'too short a history',
      remedy: `${missing} more cycles`,
    };
  }
  const features = lifeFeatures(unit, model.scaling);
  const rul = toCycles(network.predict([features[features.length - 1]])[0]);
  const [low, high] = intervalOf(rul, model.calibration);
  return { unit: unit.unit, rul, interval: { level: LEVEL, low, high } };
}

/** Weighted quantiles of the errors made near `said`, with the n+1 correction (Vovk et al. 2005; Tibshirani et al. 2019). */
function intervalOf(said: number, calibration: LifeModel['calibration']): [number, number] {
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

import type { LoadedModel, ModelArtifacts, ModelRuntime } from '#models/inference/modelRuntime.ts';
import { trainDense } from '#models/inference/trainDense.ts';
import { FIRST_CYCLE, fitScaling, LIFE_CAP, type LifeScaling, lifeFeatures, type UnitHistory } from './lifeFeatures.ts';

/** A model of remaining life: its network, what its inputs are made of, and how far it was off on units it had not seen. */
export interface LifeModel {
  scaling: LifeScaling;
  network: ModelArtifacts;
  /** Out-of-fold pairs of what was said and what was true minus what was said, in cycles. */
  calibration: { said: number[]; off: number[] };
  /** Capped root mean square error over the folds, by unit. */
  rmse: number;
}

const FOLDS = 5;
const MAX_CALIBRATION = 3000;
const SETTINGS = { hidden: [32, 16], epochs: 40, batch: 512, learningRate: 6e-3, warmUpSteps: 50, weightDecay: 0.75 };

/**
 * Trains on units that were run to failure. Folds are by unit, so that no unit is on both sides.
 * @throws RangeError where there are fewer units than folds.
 */
export async function trainLife(
  units: readonly UnitHistory[],
  seed: number,
  runtime: ModelRuntime,
  progress: (text: string) => void,
): Promise<LifeModel> {
  const folds = await outOfFold(units, seed, runtime, progress);
  const calibration = pairsOf(folds);
  const rmse = Math.sqrt(calibration.off.reduce((sum, v) => sum + v * v, 0) / calibration.off.length);
  return { ...learn(units, seed), calibration: thin(calibration), rmse };
}

/** What a model that had not seen a unit said of each of its rows, and the truth; in cycles, capped. */
export interface JudgedUnit {
  unit: string;
  fold: number;
  said: number[];
  truth: number[];
}

/** Every unit, judged by a model of the other folds. @throws RangeError where there are fewer units than folds. */
export async function outOfFold(
  units: readonly UnitHistory[],
  seed: number,
  runtime: ModelRuntime,
  progress: (text: string) => void,
): Promise<JudgedUnit[]> {
  if (units.length < FOLDS)
    throw new RangeError(`at least ${FOLDS} units that were run to failure are needed, not ${units.length}`);
  const all: JudgedUnit[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const { scaling, network } = learn(
      units.filter((_, i) => i % FOLDS !== fold),
      seed + fold,
    );
    const model = await runtime.load(network);
    for (const unit of units.filter((_, i) => i % FOLDS === fold))
      all.push({ unit: unit.unit, fold, ...judged(unit, scaling, model) });
    const { off } = pairsOf(all);
    const rmse = Math.sqrt(off.reduce((sum, v) => sum + v * v, 0) / off.length);
    progress(`fold ${fold + 1} of ${FOLDS}: ${rmse.toFixed(2)} cycles off so far`);
  }
  return all;
}

/** What was said, and true minus said. */
export function pairsOf(units: readonly JudgedUnit[]): LifeModel['calibration'] {
  const said = units.flatMap((u) => u.said);
  const off = units.flatMap((u) => u.truth.map((t, i) => t - u.said[i]));
  return { said, off };
}

function learn(units: readonly UnitHistory[], seed: number): { scaling: LifeScaling; network: ModelArtifacts } {
  const scaling = fitScaling(units);
  const rows: Float64Array[] = [];
  const targets: number[] = [];
  for (const unit of units) {
    const features = lifeFeatures(unit, scaling);
    for (let t = FIRST_CYCLE - 1; t < features.length; t++) {
      rows.push(features[t]);
      targets.push(Math.min(LIFE_CAP, features.length - 1 - t) / LIFE_CAP);
    }
  }
  return { scaling, network: trainDense(rows, targets, { ...SETTINGS, seed }) };
}

function judged(unit: UnitHistory, scaling: LifeScaling, model: LoadedModel): { said: number[]; truth: number[] } {
  const features = lifeFeatures(unit, scaling).slice(FIRST_CYCLE - 1);
  const truth = features.map((_, i) => Math.min(LIFE_CAP, features.length - 1 - i));
  return { said: model.predict(features).map(toCycles), truth };
}

export function toCycles(output: number): number {
  return Math.max(0, Math.min(LIFE_CAP, output * LIFE_CAP));
}

/** Every k-th pair: intervals need thousands, not tens of thousands. */
export function thin({ said, off }: LifeModel['calibration']): LifeModel['calibration'] {
  const step = Math.max(1, Math.ceil(said.length / MAX_CALIBRATION));
  const every = (_: number, i: number) => i % step === 0;
  const short = (v: number) => Number(v.toFixed(2));
  return { said: said.filter(every).map(short), off: off.filter(every).map(short) };
}

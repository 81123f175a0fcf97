import { type BoostedTrees, type BoostingSettings, predictTrees, trainTrees } from '#models/inference/boostedTrees.ts';
import { DenseNetwork } from '#models/inference/denseRuntime.ts';
import type { ModelArtifacts } from '#models/inference/modelRuntime.ts';
import { trainDense } from '#models/inference/trainDense.ts';
import { checkLifeColumns, checkUnits } from '../failure/leaks.ts';
import { fitSupport, type TrainingSupport } from '../trainingSupport.ts';
import {
  fitScaling,
  judgedSteps,
  LIFE_CAP,
  type LifeScaling,
  lifeFeatures,
  stepsLeft,
  type UnitHistory,
} from './lifeFeatures.ts';
import type { LifeTime } from './timeGrid.ts';

/** An ensemble of networks, averaged, with its errors on held-out units. */
export interface LifeExpert {
  networks: ModelArtifacts[];
  /** Out-of-fold pairs of prediction (`said`) and truth minus prediction (`off`), in steps. */
  calibration: { said: number[]; off: number[] };
  /** Capped root mean square error over the folds, by unit. */
  rmse: number;
}

/** A model of remaining life: its input scaling, one expert with and one without the age, and a second opinion. */
export interface LifeModel {
  /** Names of a row's columns; null if the table had no header. */
  names: string[] | null;
  /** How it counts time; null in packages from before it was stored: then a row is a cycle. */
  time: LifeTime | null;
  scaling: LifeScaling;
  /** Region of the training data; null in packages from before it was stored. */
  support: TrainingSupport | null;
  /** Highest age at a unit's first row in training, in steps: a unit that begins later has an unknown age. */
  latestStart: number;
  withAge: LifeExpert;
  withoutAge: LifeExpert;
  /** Another kind of model on the same inputs, with the age. */
  trees: BoostedTrees;
  treesRmse: number;
}

/** Out-of-fold prediction and truth of each of a unit's rows; in steps, capped. */
export interface JudgedUnit {
  unit: string;
  fold: number;
  said: number[];
  truth: number[];
}

export type LifePredictor = 'withAge' | 'withoutAge' | 'trees';
export type OutOfFold = Record<LifePredictor, JudgedUnit[]>;

const FOLDS = 5;
const MAX_CALIBRATION = 3000;
const SETTINGS = { hidden: [32, 16], epochs: 40, batch: 512, learningRate: 6e-3, warmUpSteps: 50, weightDecay: 0.75 };
/** Minimum number of batches in an epoch, down to a batch size that still averages. */
const BATCHES = 29;
const MIN_BATCH = 32;
/** Number of networks of each expert. */
const MEMBERS = { withAge: 2, withoutAge: 1 };
const BOOSTING: BoostingSettings = {
  loss: 'squared',
  trees: 100,
  leaves: 15,
  learningRate: 0.1,
  leastRows: 50,
  ridge: 1,
};

/**
 * Trains on units that were run to failure, and on running units as far as their labels are known: until a cap before
 * their last row they had more than the cap left. Folds are by unit, so that no unit is on both sides.
 * @param names of the columns, if there is a header. @param time how the units' steps are counted.
 * @param allowedLeaks columns that are exempt from the leak check.
 * @throws RangeError if fewer units failed than there are folds; LeakError if a sensor leaks the future, or a unit is
 * on both sides.
 */
export function trainLife(
  units: readonly UnitHistory[],
  seed: number,
  progress: (text: string) => void,
  names: readonly string[] | null = null,
  time: LifeTime | null = null,
  allowedLeaks: readonly string[] = [],
): LifeModel {
  const folds = outOfFold(units, seed, progress, names, allowedLeaks);
  progress('the model itself, of all units');
  const { scaling, trees, ...networks } = learn(units, seed);
  const expert = (predictor: 'withAge' | 'withoutAge'): LifeExpert => {
    const pairs = pairsOf(folds[predictor]);
    return { networks: networks[predictor], calibration: downsample(pairs), rmse: rmseOf(pairs) };
  };
  return {
    names: names && [...names],
    time,
    scaling,
    support: fitSupport(units, scaling.columns),
    latestStart: Math.max(...units.map((u) => u.startsAt)),
    withAge: expert('withAge'),
    withoutAge: expert('withoutAge'),
    trees,
    treesRmse: rmseOf(pairsOf(folds.trees)),
  };
}

/** Out-of-fold predictions: every unit by models of the other folds. @throws as `trainLife`. */
export function outOfFold(
  units: readonly UnitHistory[],
  seed: number,
  progress: (text: string) => void,
  names: readonly string[] | null = null,
  allowedLeaks: readonly string[] = [],
): OutOfFold {
  const failed = units.filter((u) => u.failed ?? true);
  const running = units.filter((u) => !(u.failed ?? true));
  if (failed.length < FOLDS)
    throw new RangeError(`at least ${FOLDS} units that were run to failure are needed, not ${failed.length}`);
  checkUnits(units);
  checkLifeColumns(failed, names, { allowed: allowedLeaks, warn: progress });
  const all: OutOfFold = { withAge: [], withoutAge: [], trees: [] };
  for (let fold = 0; fold < FOLDS; fold++) {
    const learned = learn([...failed.filter((_, i) => i % FOLDS !== fold), ...running], seed + 100 * fold);
    const without = createPredictor(learned.withoutAge);
    const predictors: Record<LifePredictor, (rows: readonly Float64Array[]) => number[]> = {
      withAge: createPredictor(learned.withAge),
      withoutAge: (rows) => without(rows.map(ageless)),
      trees: (rows) => rows.map((row) => toSteps(predictTrees(learned.trees, row))),
    };
    for (const unit of failed.filter((_, i) => i % FOLDS === fold)) {
      const features = lifeFeatures(unit, learned.scaling);
      const steps = judgedSteps(unit);
      const judged = steps.map((t) => features[t]);
      const truth = steps.map((t) => Math.min(LIFE_CAP, features.length - 1 - t));
      for (const predictor of Object.keys(predictors) as LifePredictor[])
        all[predictor].push({ unit: unit.unit, fold, said: predictors[predictor](judged), truth });
    }
    const off = (predictor: LifePredictor) => rmseOf(pairsOf(all[predictor])).toFixed(2);
    progress(
      `fold ${fold + 1} of ${FOLDS}: ${off('withAge')} steps off so far, ${off('withoutAge')} without the age, ${off('trees')} by trees`,
    );
  }
  return all;
}

/** The mean prediction of several networks for rows of features, in steps. */
export function createPredictor(networks: readonly ModelArtifacts[]): (rows: readonly Float64Array[]) => number[] {
  const loaded = networks.map((network) => new DenseNetwork(network));
  return (rows) => {
    const values = new Float32Array(rows.length * loaded[0].inputs);
    rows.forEach((row, i) => {
      values.set(row, i * loaded[0].inputs);
    });
    const predictions = loaded.map((network) => network.run(values, rows.length));
    return rows.map((_, i) => toSteps(predictions.reduce((sum, answers) => sum + answers[i], 0) / predictions.length));
  };
}

/** All features but the last, the age. */
export function ageless(row: Float64Array): Float64Array {
  return row.subarray(0, row.length - 1);
}

/** Prediction, and truth minus prediction. */
export function pairsOf(units: readonly JudgedUnit[]): LifeExpert['calibration'] {
  const predictions = units.flatMap((u) => u.said);
  const off = units.flatMap((u) => u.truth.map((t, i) => t - u.said[i]));
  return { said: predictions, off };
}

function rmseOf({ off }: LifeExpert['calibration']): number {
  return Math.sqrt(off.reduce((sum, v) => sum + v * v, 0) / off.length);
}

interface Learned {
  scaling: LifeScaling;
  withAge: ModelArtifacts[];
  withoutAge: ModelArtifacts[];
  trees: BoostedTrees;
}

function learn(units: readonly UnitHistory[], seed: number): Learned {
  const scaling = fitScaling(units);
  const rows: Float64Array[] = [];
  const targets: Float64Array[] = [];
  for (const unit of units) {
    const features = lifeFeatures(unit, scaling);
    for (const t of judgedSteps(unit)) {
      const left = stepsLeft(unit, t);
      if (left === null) continue;
      rows.push(features[t]);
      targets.push(Float64Array.of(left / LIFE_CAP));
    }
  }
  const members = (count: number, inputs: readonly Float64Array[]) =>
    Array.from({ length: count }, (_, k) =>
      trainDense(inputs, targets, { ...SETTINGS, batch: batchOf(inputs.length), seed: seed + k }),
    );
  return {
    scaling,
    withAge: members(MEMBERS.withAge, rows),
    withoutAge: members(MEMBERS.withoutAge, rows.map(ageless)),
    trees: trainTrees(
      rows,
      targets.map(([target]) => target),
      BOOSTING,
    ),
  };
}

/** Small fleets use smaller batches, so that their networks train for as many steps as those of large ones. */
function batchOf(rows: number): number {
  return Math.max(MIN_BATCH, Math.min(SETTINGS.batch, Math.floor(rows / BATCHES)));
}

/** Remaining steps, 0 to `LIFE_CAP`, from a network's output, which is in parts of that cap. */
export function toSteps(output: number): number {
  return Math.max(0, Math.min(LIFE_CAP, output * LIFE_CAP));
}

/** Every k-th pair: intervals need thousands, not tens of thousands. */
export function downsample({ said, off }: LifeExpert['calibration']): LifeExpert['calibration'] {
  const step = Math.max(1, Math.ceil(said.length / MAX_CALIBRATION));
  const every = (_: number, i: number) => i % step === 0;
  const short = (v: number) => Number(v.toFixed(2));
  return { said: said.filter(every).map(short), off: off.filter(every).map(short) };
}

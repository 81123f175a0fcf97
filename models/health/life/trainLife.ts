import { type BoostedTrees, type BoostingSettings, predictTrees, trainTrees } from '#models/inference/boostedTrees.ts';
import { DenseNetwork } from '#models/inference/denseRuntime.ts';
import type { ModelArtifacts } from '#models/inference/modelRuntime.ts';
import { trainDense } from '#models/inference/trainDense.ts';
import { checkLifeColumns, checkUnits } from '../failure/leaks.ts';
import { fitSupport, type TrainingSupport } from '../trainingSupport.ts';
import { FIRST_CYCLE, fitScaling, LIFE_CAP, type LifeScaling, lifeFeatures, type UnitHistory } from './lifeFeatures.ts';

/** Networks that answer together, by their mean; and how far they were off on units that they had not seen. */
export interface LifeExpert {
  networks: ModelArtifacts[];
  /** Out-of-fold pairs of what was said and what was true minus what was said, in cycles. */
  calibration: { said: number[]; off: number[] };
  /** Capped root mean square error over the folds, by unit. */
  rmse: number;
}

/** A model of remaining life: what its inputs are made of, one expert for each knowledge of the age, and a second opinion. */
export interface LifeModel {
  /** Names of a row's columns; null where the table had no header. */
  names: string[] | null;
  scaling: LifeScaling;
  /** Where its training lay; null in packages that were made before it was kept. */
  support: TrainingSupport | null;
  /** The latest first time of a unit in the training: a unit that begins later has an unknown age. */
  latestStart: number;
  withAge: LifeExpert;
  withoutAge: LifeExpert;
  /** Another kind of model on the same inputs, with the age. */
  trees: BoostedTrees;
  treesRmse: number;
}

/** What a model that had not seen a unit said of each of its rows, and the truth; in cycles, capped. */
export interface JudgedUnit {
  unit: string;
  fold: number;
  said: number[];
  truth: number[];
}

export type Speaker = 'withAge' | 'withoutAge' | 'trees';
export type OutOfFold = Record<Speaker, JudgedUnit[]>;

const FOLDS = 5;
const MAX_CALIBRATION = 3000;
const SETTINGS = { hidden: [32, 16], epochs: 40, batch: 512, learningRate: 6e-3, warmUpSteps: 50, weightDecay: 0.75 };
/** Networks of each expert. */
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
 * Trains on units that were run to failure; `names` are those of their columns, if they have a header. Folds are by unit, so that no unit is on both sides.
 * @throws RangeError where there are fewer units than folds; LeakError where a sensor knows the future, or a unit stands
 * on both sides.
 */
export function trainLife(
  units: readonly UnitHistory[],
  seed: number,
  progress: (text: string) => void,
  names: readonly string[] | null = null,
): LifeModel {
  const folds = outOfFold(units, seed, progress);
  progress('the model itself, of all units');
  const { scaling, trees, ...networks } = learn(units, seed);
  const expert = (speaker: 'withAge' | 'withoutAge'): LifeExpert => {
    const pairs = pairsOf(folds[speaker]);
    return { networks: networks[speaker], calibration: thin(pairs), rmse: rmseOf(pairs) };
  };
  return {
    names: names && [...names],
    scaling,
    support: fitSupport(units, scaling.columns),
    latestStart: Math.max(...units.map((u) => u.startsAt)),
    withAge: expert('withAge'),
    withoutAge: expert('withoutAge'),
    trees,
    treesRmse: rmseOf(pairsOf(folds.trees)),
  };
}

/** Every unit, judged by models of the other folds. @throws as `trainLife`. */
export function outOfFold(units: readonly UnitHistory[], seed: number, progress: (text: string) => void): OutOfFold {
  if (units.length < FOLDS)
    throw new RangeError(`at least ${FOLDS} units that were run to failure are needed, not ${units.length}`);
  checkUnits(units);
  checkLifeColumns(units);
  const all: OutOfFold = { withAge: [], withoutAge: [], trees: [] };
  for (let fold = 0; fold < FOLDS; fold++) {
    const learned = learn(
      units.filter((_, i) => i % FOLDS !== fold),
      seed + 100 * fold,
    );
    const without = speakerOf(learned.withoutAge);
    const speakers: Record<Speaker, (rows: readonly Float64Array[]) => number[]> = {
      withAge: speakerOf(learned.withAge),
      withoutAge: (rows) => without(rows.map(ageless)),
      trees: (rows) => rows.map((row) => toCycles(predictTrees(learned.trees, row))),
    };
    for (const unit of units.filter((_, i) => i % FOLDS === fold)) {
      const features = lifeFeatures(unit, learned.scaling).slice(FIRST_CYCLE - 1);
      const truth = features.map((_, i) => Math.min(LIFE_CAP, features.length - 1 - i));
      for (const speaker of Object.keys(speakers) as Speaker[])
        all[speaker].push({ unit: unit.unit, fold, said: speakers[speaker](features), truth });
    }
    const off = (speaker: Speaker) => rmseOf(pairsOf(all[speaker])).toFixed(2);
    progress(
      `fold ${fold + 1} of ${FOLDS}: ${off('withAge')} cycles off so far, ${off('withoutAge')} without the age, ${off('trees')} by trees`,
    );
  }
  return all;
}

/** What networks say together of rows of features, in cycles. */
export function speakerOf(networks: readonly ModelArtifacts[]): (rows: readonly Float64Array[]) => number[] {
  const loaded = networks.map((network) => new DenseNetwork(network));
  return (rows) => {
    const values = new Float32Array(rows.length * loaded[0].inputs);
    rows.forEach((row, i) => {
      values.set(row, i * loaded[0].inputs);
    });
    const said = loaded.map((network) => network.run(values, rows.length));
    return rows.map((_, i) => toCycles(said.reduce((sum, answers) => sum + answers[i], 0) / said.length));
  };
}

/** Features but the last, which is the age. */
export function ageless(row: Float64Array): Float64Array {
  return row.subarray(0, row.length - 1);
}

/** What was said, and true minus said. */
export function pairsOf(units: readonly JudgedUnit[]): LifeExpert['calibration'] {
  const said = units.flatMap((u) => u.said);
  const off = units.flatMap((u) => u.truth.map((t, i) => t - u.said[i]));
  return { said, off };
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
    for (let t = FIRST_CYCLE - 1; t < features.length; t++) {
      rows.push(features[t]);
      targets.push(Float64Array.of(Math.min(LIFE_CAP, features.length - 1 - t) / LIFE_CAP));
    }
  }
  const members = (count: number, inputs: readonly Float64Array[]) =>
    Array.from({ length: count }, (_, k) => trainDense(inputs, targets, { ...SETTINGS, seed: seed + k }));
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

export function toCycles(output: number): number {
  return Math.max(0, Math.min(LIFE_CAP, output * LIFE_CAP));
}

/** Every k-th pair: intervals need thousands, not tens of thousands. */
export function thin({ said, off }: LifeExpert['calibration']): LifeExpert['calibration'] {
  const step = Math.max(1, Math.ceil(said.length / MAX_CALIBRATION));
  const every = (_: number, i: number) => i % step === 0;
  const short = (v: number) => Number(v.toFixed(2));
  return { said: said.filter(every).map(short), off: off.filter(every).map(short) };
}

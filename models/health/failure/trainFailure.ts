import { z } from 'zod';
import {
  type BoostedTrees,
  type BoostingSettings,
  predictTrees,
  splitCounts,
  trainTrees,
  treesSchema,
} from '#models/inference/boostedTrees.ts';
import { isotonic, type Steps, stepAt } from '#models/statistics/isotonic.ts';
import { rowIntervalsOf, rowIntervalsSchema } from '../rowIntervals.ts';
import { fitSupport, supportSchema } from '../trainingSupport.ts';
import { type FeatureShape, featureNames, featuresOf, labelsOf, shapeOf } from './failureFeatures.ts';
import type { FailureRecords } from './failureRecords.ts';
import { checkColumns, checkUnits, type LeakRule } from './leaks.ts';

/** Costs in any one currency: of a false alarm, and of a missed failure. */
export interface Costs {
  falseAlarm: number;
  missed: number;
}

const shapeSchema = z.strictObject({
  channels: z.array(z.string()),
  eventKinds: z.array(z.string()),
  maintenanceKinds: z.array(z.string()),
  failureKinds: z.array(z.string()),
  horizon: z.number().positive(),
});

export const failureModelSchema = z.strictObject({
  format: z.literal('millwright-failure'),
  version: z.literal(1),
  card: z.looseObject({}),
  shape: shapeSchema,
  /** Whether times are dates, with the horizon in hours. */
  dated: z.boolean(),
  /** Shortest and longest of the units' usual row intervals; absent in packages from before it was stored. */
  interval: rowIntervalsSchema.optional(),
  /** Region of the training data; absent in packages from before it was stored. */
  support: supportSchema.nullable().optional(),
  trees: treesSchema,
  /** From log-odds to probabilities. */
  calibration: z.strictObject({ x: z.array(z.number()).min(1), y: z.array(z.number()).min(1) }),
  /** Probability from which an alarm is expected to cost less than no alarm. */
  threshold: z.number(),
});
export type FailureModel = z.infer<typeof failureModelSchema>;

/** A row predicted by a model that was not trained on its unit. */
export interface JudgedRow {
  unit: string;
  fold: number;
  time: number;
  chance: number;
  failed: boolean;
}

const FOLDS = 5;
const MIN_FAILURES = 10;
/** Maximum number of training rows: neighbouring rows carry the same information. */
const MAX_ROWS = 60_000;
/** One unit in this many is held back for early stopping. */
const HELD_BACK = 7;
const PATIENCE = 30;
const MIN_TREES = 20;
const BOOSTING: BoostingSettings = {
  loss: 'logistic',
  trees: 300,
  leaves: 8,
  learningRate: 0.07,
  leastRows: 40,
  ridge: 5,
};

interface Sample {
  unit: number;
  time: number;
  row: Float64Array;
  failed: boolean;
}

/**
 * Learns the probability that a unit fails within the horizon, by boosted trees on causal features, calibrated on units
 * held out from the trees.
 * @param allowedLeaks channels or features that are exempt from the leak check.
 * @throws RangeError if there are too few units or failures; LeakError if a column leaks the future.
 */
export function trainFailure(
  records: FailureRecords,
  horizon: number,
  costs: Costs,
  progress: (text: string) => void,
  allowedLeaks: readonly string[] = [],
): { model: Omit<FailureModel, 'card'>; judged: JudgedRow[]; importance: { feature: string; part: number }[] } {
  const { shape, samples, names } = prepared(records, horizon, { allowed: allowedLeaks, warn: progress });
  const { judged, raw } = judgedOutOfFold(records, samples, progress);
  progress('the model itself, of all units');
  const interval = rowIntervalsOf(records.telemetry);
  const trees = learn(samples);
  const importance = Array.from(splitCounts(trees, names.length), (part, i) => ({ feature: names[i], part }))
    .filter((one) => one.part > 0)
    .sort((a, b) => b.part - a.part);
  return {
    model: {
      format: 'millwright-failure',
      version: 1,
      shape,
      dated: records.dated,
      ...(interval && { interval }),
      support: supportOf(records),
      trees,
      calibration: calibrate(raw),
      threshold: thresholdOf(costs),
    },
    judged,
    importance,
  };
}

/** Out-of-fold predictions: every row by models of other units, calibrated on yet others. @throws as `trainFailure`. */
export function failureOutOfFold(
  records: FailureRecords,
  horizon: number,
  progress: (text: string) => void,
  allowedLeaks: readonly string[] = [],
): JudgedRow[] {
  const { samples } = prepared(records, horizon, { allowed: allowedLeaks, warn: progress });
  return judgedOutOfFold(records, samples, progress).judged;
}

/** Probability from which an alarm costs less than no alarm, if a true alarm costs nothing (Elkan, IJCAI 2001). */
export function thresholdOf({ falseAlarm, missed }: Costs): number {
  return falseAlarm / (falseAlarm + missed);
}

/** The failure probability at a row of features. */
export function chanceOf(
  { trees, calibration }: Pick<FailureModel, 'trees' | 'calibration'>,
  row: Float64Array,
): number {
  return stepAt(calibration, predictTrees(trees, row));
}

function supportOf({ channels, telemetry }: FailureRecords) {
  const moving = channels
    .map((_, c) => c)
    .filter((c) => telemetry.some(({ rows }) => rows.some((r) => r[c] !== rows[0][c])));
  return moving.length === 0 ? null : fitSupport(telemetry, moving);
}

function prepared(records: FailureRecords, horizon: number, leaks: LeakRule) {
  checkUnits(records.telemetry);
  const shape: FeatureShape = shapeOf(records, horizon);
  const names = featureNames(shape);
  const all = records.telemetry.flatMap((unit, u): Sample[] => {
    const labels = labelsOf(unit, records.failures.get(unit.unit) ?? [], horizon);
    return featuresOf(unit, records, shape).flatMap((row, t) => {
      const failed = labels[t];
      return failed === null ? [] : [{ unit: u, time: unit.times[t], row, failed }];
    });
  });
  const step = Math.max(1, Math.ceil(all.length / MAX_ROWS));
  const samples = all.filter((_, i) => i % step === 0);
  const failures = records.telemetry.reduce((sum, u) => sum + (records.failures.get(u.unit)?.length ?? 0), 0);
  if (records.telemetry.length < FOLDS) throw new RangeError(`${records.telemetry.length} units; ${FOLDS} are needed`);
  if (failures < MIN_FAILURES || !samples.some((s) => s.failed))
    throw new RangeError(`${failures} failures of units that have rows; ${MIN_FAILURES} are needed`);
  if (!samples.some((s) => !s.failed))
    throw new RangeError(`every row lies within ${horizon} before a failure: a shorter horizon is needed`);
  if (names.length === 0) throw new RangeError('there is neither a channel nor an event to learn from');
  checkColumns(
    names,
    samples.map((s) => s.row),
    samples.map((s) => s.failed),
    leaks,
  );
  return { shape, samples, names };
}

function judgedOutOfFold(records: FailureRecords, samples: readonly Sample[], progress: (text: string) => void) {
  const raw = samples.map((s) => ({ ...s, fold: s.unit % FOLDS, score: 0 }));
  for (let fold = 0; fold < FOLDS; fold++) {
    const trees = learn(samples.filter((s) => s.unit % FOLDS !== fold));
    for (const one of raw) if (one.fold === fold) one.score = predictTrees(trees, one.row);
    progress(`fold ${fold + 1} of ${FOLDS}`);
  }
  const judged: JudgedRow[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const steps = calibrate(raw.filter((one) => one.fold !== fold));
    for (const { unit, time, failed, score } of raw.filter((one) => one.fold === fold))
      judged.push({ unit: records.telemetry[unit].unit, fold, time, chance: stepAt(steps, score), failed });
  }
  return { judged, raw };
}

function calibrate(rows: readonly { score: number; failed: boolean }[]): Steps {
  const { x, y } = isotonic(
    rows.map((r) => r.score),
    rows.map((r) => (r.failed ? 1 : 0)),
  );
  const short = (v: number) => Number(v.toPrecision(7));
  return { x: x.map(short), y: y.map(short) };
}

/** The number of trees is chosen on held-out units; then all units train that many. */
function learn(samples: readonly Sample[]): BoostedTrees {
  const held = (s: Sample) => s.unit % HELD_BACK === 0;
  const rowsOf = (own: readonly Sample[]) => own.map((s) => s.row);
  const targetsOf = (own: readonly Sample[]) => own.map((s) => (s.failed ? 1 : 0));
  const [grown, stopped] = [samples.filter((s) => !held(s)), samples.filter(held)];
  if (!stopped.some((s) => s.failed)) return trainTrees(rowsOf(samples), targetsOf(samples), BOOSTING);
  const stop = { rows: rowsOf(stopped), targets: targetsOf(stopped), patience: PATIENCE };
  const { trees } = trainTrees(rowsOf(grown), targetsOf(grown), BOOSTING, stop);
  return trainTrees(rowsOf(samples), targetsOf(samples), { ...BOOSTING, trees: Math.max(MIN_TREES, trees.length) });
}

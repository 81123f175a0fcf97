import { type MatchedColumn, matchColumns, matchedRow } from '#models/health/inputContract.ts';
import { splitCounts } from '#models/inference/boostedTrees.ts';
import { ModelFileError } from '#models/packages/modelFileError.ts';
import { parseJson } from '#models/tables/parseJson.ts';
import { namesShown } from '#models/tables/parseTable.ts';
import { otherInterval } from '../rowIntervals.ts';
import { otherScale, unlikeTraining } from '../trainingSupport.ts';
import { CHANNEL_WINDOWS, featureNames, featuresOf } from './failureFeatures.ts';
import type { FailureRecords, UnitTelemetry } from './failureRecords.ts';
import { chanceOf, type FailureModel, failureModelSchema } from './trainFailure.ts';

/** A probability, or why there is none. */
export type FailurePrediction =
  | FailureChance
  | { unit: string; assessment: 'not_assessable'; reason: string; remedy: string };

export interface FailureChance {
  unit: string;
  /** Probability that it fails within the horizon after its last row. */
  probability: number;
  horizon: number;
  /** Whether an alarm is expected to cost less than no alarm. */
  alarm: boolean;
  /** Features without which it would be less likely, the most influential first. */
  because: string[];
}

/** A feature explains a probability if that falls to this part of it with another unit's usual value. */
const TELLING = 0.8;
/** Smaller probabilities need no explanation. */
const WORTH_A_REASON = 0.01;
/** Up to this many empty cells at the end of a channel are bridged. */
const MIN_GAP = 3;

const EVENT_TABLES = { events: 'eventKinds', maintenance: 'maintenanceKinds', failures: 'failureKinds' } as const;
type EventTable = keyof typeof EVENT_TABLES;

/** Required tables: those whose kinds the trees use. Without them a model would predict as if nothing had happened. */
export function neededTables({ shape, trees }: FailureModel): EventTable[] {
  const names = featureNames(shape);
  const used = splitCounts(trees, names.length);
  const without = (table: EventTable) => new Set(featureNames({ ...shape, [EVENT_TABLES[table]]: [] }));
  return (Object.keys(EVENT_TABLES) as EventTable[]).filter((table) => {
    const others = without(table);
    return names.some((name, c) => used[c] > 0 && !others.has(name));
  });
}

/** @throws RangeError if kinds of a table have other names than in training, or times another unit. */
function checkRecords(records: FailureRecords, { shape, interval }: FailureModel): void {
  for (const table of Object.keys(EVENT_TABLES) as EventTable[]) {
    const trained = shape[EVENT_TABLES[table]];
    const found = new Set([...records[table].values()].flatMap((own) => own.map((e) => e.kind)));
    const unknown = [...found].filter((kind) => !trained.includes(kind));
    const missing = trained.filter((kind) => !found.has(kind));
    if (unknown.length > 0 && missing.length > 0)
      throw new RangeError(
        `${table}: the training had none of kind ${namesShown(unknown)}, and here is none of ${namesShown(missing)}: name them as there, or leave out what is new`,
      );
  }
  if (!interval || records.dated) return;
  const usual = otherInterval(records.telemetry, interval);
  if (usual !== null)
    throw new RangeError(
      `rows are ${Number(usual.toPrecision(3))} apart, where those of the training were ${Number(interval.least.toPrecision(3))} to ${Number(interval.most.toPrecision(3))}: times are in another unit, or sampled otherwise; give all tables in the training's unit, with rows as far apart`,
    );
}

/**
 * Probability that each unit fails within the model's horizon after its last row, or why it cannot be assessed.
 * @throws RangeError if the tables differ from the training in unit of time, scale or names of kinds; ContractError if
 * they lack a channel of the model.
 */
export function predictFailure(records: FailureRecords, model: FailureModel): FailurePrediction[] {
  const { shape, threshold } = model;
  if (records.dated !== model.dated)
    throw new RangeError(
      `times are ${records.dated ? 'dates' : 'numbers'}; the model was trained on ${model.dated ? 'dates' : 'numbers'}`,
    );
  const columns = matchColumns(
    { names: shape.channels, width: shape.channels.length },
    { names: records.channels, width: records.channels.length },
  );
  checkRecords(records, model);
  const names = featureNames(shape);
  const matched = records.telemetry.map((unit) => ({
    ...unit,
    rows: unit.rows.map((row) => Float64Array.from(matchedRow(row, columns))),
  }));
  const rescaled =
    model.support &&
    otherScale(
      matched.map((u) => u.rows),
      model.support,
      (c) => shape.channels[c],
    );
  if (rescaled) throw new RangeError(rescaled);
  const last = matched.map((own, u) => {
    const unit = records.telemetry[u];
    const features = featuresOf(own, records, shape);
    return {
      unit: unit.unit,
      row: features[features.length - 1],
      obstacle: obstacleOf(unit, own.rows, columns, model),
    };
  });
  const usual = names.map((_, c) => middle(last.map(({ row }) => row[c])));
  return last.map(({ unit, row, obstacle }) => {
    if (obstacle) return { unit, assessment: 'not_assessable', ...obstacle };
    const probability = chanceOf(model, row);
    const without = names
      .map((name, c) => ({
        name,
        chance: chanceOf(
          model,
          row.map((v, k) => (k === c ? usual[c] : v)),
        ),
      }))
      .filter(({ chance }) => chance < TELLING * probability)
      .sort((a, b) => a.chance - b.chance);
    const because = probability < WORTH_A_REASON ? [] : without.slice(0, 3).map(({ name }) => name);
    return { unit, probability, horizon: shape.horizon, alarm: probability >= threshold, because };
  });
}

/**
 * What prevents a verdict on a unit's last row: a channel that is no longer measured, or values unlike the training.
 */
function obstacleOf(
  { times, measuredAt }: UnitTelemetry,
  rows: readonly Float64Array[],
  columns: readonly MatchedColumn[],
  { shape, support }: FailureModel,
): { reason: string; remedy: string } | null {
  const stale = times[Math.max(0, times.length - MIN_GAP)];
  const oldest = Math.min(stale, times[times.length - 1] - CHANNEL_WINDOWS[0] * shape.horizon);
  const missing = shape.channels.filter((_, k) => measuredAt !== undefined && measuredAt[columns[k].column] < oldest);
  if (missing.length > 0)
    return {
      reason: `${missing.join(', ')} empty to the end of its rows`,
      remedy: 'mend the sensor, or train without it',
    };
  const reason = support ? unlikeTraining(rows, support, (c) => shape.channels[c]) : null;
  return reason === null
    ? null
    : {
        reason,
        remedy:
          'compare units and operating regime with those of the training, or train on units that ran like this one',
      };
}

/**
 * A model from its JSON text.
 * @throws ModelFileError that describes what is wrong with the text.
 */
export function unpackFailure(text: string): FailureModel {
  const parsed = failureModelSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ModelFileError(`not a model of failures: ${issue.path.join('.')}: ${issue.message}`);
}

function middle(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

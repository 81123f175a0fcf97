import { ModelFileError } from '#models/packages/modelFileError.ts';
import { parseJson } from '#models/tables/parseJson.ts';
import { featureNames, featuresOf } from './failureFeatures.ts';
import type { FailureRecords } from './failureRecords.ts';
import { chanceOf, type FailureModel, failureModelSchema } from './trainFailure.ts';

export interface FailurePrediction {
  unit: string;
  /** That it fails within the horizon after its last row. */
  probability: number;
  horizon: number;
  /** Whether an alarm costs less than none. */
  alarm: boolean;
  /** Features without which it would be less likely, the most telling first. */
  because: string[];
}

/** A feature explains a chance where it is this much smaller with another unit's usual value. */
const TELLING = 0.8;
/** Smaller chances need no explanation. */
const WORTH_A_REASON = 0.01;

/** @throws RangeError where the tables lack a channel of the model. */
export function predictFailure(records: FailureRecords, model: FailureModel): FailurePrediction[] {
  const { shape, threshold } = model;
  const missing = shape.channels.filter((channel) => !records.channels.includes(channel));
  if (missing.length > 0) throw new RangeError(`no column ${missing.join(', ')}, which the model was trained on`);
  if (records.dated !== model.dated)
    throw new RangeError(
      `times are ${records.dated ? 'dates' : 'numbers'}; the model was trained on ${model.dated ? 'dates' : 'numbers'}`,
    );
  const columns = shape.channels.map((channel) => records.channels.indexOf(channel));
  const names = featureNames(shape);
  const last = records.telemetry.map((unit) => {
    const own = { ...unit, rows: unit.rows.map((row) => Float64Array.from(columns, (c) => row[c])) };
    const features = featuresOf(own, records, shape);
    return { unit: unit.unit, row: features[features.length - 1] };
  });
  const usual = names.map((_, c) => middle(last.map(({ row }) => row[c])));
  return last.map(({ unit, row }) => {
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

/** @throws Error that says what is wrong with the text. */
export function unpackFailure(text: string): FailureModel {
  const parsed = failureModelSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ModelFileError(`not a model of failures: ${issue.path.join('.')}: ${issue.message}`);
}

function middle(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

import { z } from 'zod';
import { treesSchema } from '#models/inference/boostedTrees.ts';
import { packedNetworkSchema, packNetwork, unpackNetwork } from '#models/inference/packedNetwork.ts';
import { ModelFileError } from '#models/packages/modelFileError.ts';
import { parseJson } from '#models/tables/parseJson.ts';
import { rowIntervalsSchema } from '../rowIntervals.ts';
import { supportSchema } from '../trainingSupport.ts';
import { LIFE_CAP } from './lifeFeatures.ts';
import type { AgeModel } from './trainAgeModel.ts';
import type { LifeExpert, LifeModel } from './trainLife.ts';
import { weibullSchema } from './weibullLife.ts';

/** What a user should know about a model before trusting it. */
export interface LifeCard {
  purpose: string;
  data: string;
  units: number;
  split: string;
  /** Unit of all times here. */
  timeUnit: string;
  /** Of out-of-fold rows; lives beyond `cap` count as `cap`. */
  metrics: { cappedRmse: Record<'withAge' | 'withoutAge' | 'trees', number>; cap: number };
  limits: string;
  seed: number;
  version: string;
}

const expertSchema = z.strictObject({
  networks: z.array(packedNetworkSchema).min(1),
  calibration: z.strictObject({ said: z.array(z.number()), off: z.array(z.number()) }),
  rmse: z.number(),
});
const timeSchema = z.strictObject({
  unit: z.string(),
  step: z.number().positive(),
  sinceNew: z.boolean(),
  column: z.string().nullable(),
  interval: rowIntervalsSchema.optional(),
});
const ageSchema = z.strictObject({
  format: z.literal('millwright-life-by-age'),
  version: z.literal(1),
  card: z.looseObject({}),
  time: timeSchema,
  life: weibullSchema.nullable(),
  units: z.int(),
  needed: z.string(),
});
const packageSchema = z.strictObject({
  format: z.literal('millwright-life'),
  version: z.union([z.literal(2), z.literal(3), z.literal(4)]),
  card: z.looseObject({}),
  time: timeSchema.nullable().default(null),
  scaling: z.strictObject({
    width: z.int(),
    columns: z.array(z.int()),
    mean: z.array(z.number()),
    deviation: z.array(z.number()),
    index: z.array(z.number()),
  }),
  names: z.array(z.string()).nullable().default(null),
  support: supportSchema.nullable().default(null),
  latestStart: z.number(),
  withAge: expertSchema,
  withoutAge: expertSchema,
  trees: treesSchema,
  treesRmse: z.number(),
});

/** The card of a model that was trained on `data`. */
export function cardOf(model: LifeModel, data: string, units: number, seed: number, version: string): LifeCard {
  const { unit: timeUnit, step } = model.time ?? { unit: 'cycles', step: 1 };
  const short = (v: number) => (step === 1 ? Number(v.toFixed(2)) : Number((v * step).toPrecision(4)));
  const cap = short(LIFE_CAP);
  return {
    purpose: `remaining useful life, in ${timeUnit}, of units like those that it was trained on, at their last row`,
    data,
    units,
    timeUnit,
    split:
      'five folds by unit; every row of a unit that was left out, but those of its first twentieth of a typical life',
    metrics: {
      cappedRmse: {
        withAge: short(model.withAge.rmse),
        withoutAge: short(model.withoutAge.rmse),
        trees: short(model.treesRmse),
      },
      cap,
    },
    limits: `lives beyond ${cap} ${timeUnit} are all given as ${cap}; not assessable beyond the operating conditions of the training`,
    seed,
    version,
  };
}

/** A model as one JSON text; the networks' weights in base64. */
export function packLife(model: LifeModel, card: LifeCard): string {
  const { withAge, withoutAge, ...rest } = model;
  return JSON.stringify({
    format: 'millwright-life',
    version: 4,
    card,
    ...rest,
    withAge: packed(withAge),
    withoutAge: packed(withoutAge),
  });
}

/** An age-only model as one JSON text, with its card. */
export function packAgeModel(model: AgeModel, data: string, version: string): string {
  const card = {
    purpose: `remaining useful life, in ${model.time.unit}, by age alone`,
    data,
    units: model.units,
    timeUnit: model.time.unit,
    method:
      'Weibull law with its uncertainty; units still running, and those watched from a later age on, count as such',
    limits: `what is measured of a unit changes nothing; ${model.needed}`,
    version,
  };
  return JSON.stringify({ format: 'millwright-life-by-age', version: 1, card, ...model });
}

/** A model of measurements, or of age alone. @throws ModelFileError that states what is wrong with the text. */
export function unpackAnyLife(text: string): { measured: LifeModel } | { byAge: AgeModel } {
  const parsed = ageSchema.safeParse(parseJson(text));
  if (!parsed.success) return { measured: unpackLife(text) };
  const { time, life, units, needed } = parsed.data;
  return { byAge: { time, life, units, needed } };
}

/**
 * A model of remaining life from measurements, from its JSON text.
 * @throws ModelFileError that states what is wrong with the text.
 */
export function unpackLife(text: string): LifeModel {
  const parsed = packageSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ModelFileError(`not a model of remaining life: ${issue.path.join('.')}: ${issue.message}`);
  }
  const { withAge, withoutAge, format: _, version: __, card: ___, ...rest } = parsed.data;
  return { ...rest, withAge: unpacked(withAge), withoutAge: unpacked(withoutAge) };
}

function packed(expert: LifeExpert): z.infer<typeof expertSchema> {
  return { ...expert, networks: expert.networks.map(packNetwork) };
}

function unpacked(expert: z.infer<typeof expertSchema>): LifeExpert {
  return { ...expert, networks: expert.networks.map(unpackNetwork) };
}

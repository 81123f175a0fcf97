import { z } from 'zod';
import { treesSchema } from '#models/inference/boostedTrees.ts';
import { packedNetworkSchema, packNetwork, unpackNetwork } from '#models/inference/packedNetwork.ts';
import { ModelFileError } from '#models/packages/modelFileError.ts';
import { parseJson } from '#models/tables/parseJson.ts';
import { supportSchema } from '../trainingSupport.ts';
import { LIFE_CAP } from './lifeFeatures.ts';
import type { LifeExpert, LifeModel } from './trainLife.ts';

/** What a person should know of a model before trusting it. */
export interface LifeCard {
  purpose: string;
  data: string;
  units: number;
  split: string;
  /** Of out-of-fold rows, cycles; lives beyond `cap` count as `cap`. */
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
const packageSchema = z.strictObject({
  format: z.literal('millwright-life'),
  version: z.union([z.literal(2), z.literal(3)]),
  card: z.looseObject({}),
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
  const short = (v: number) => Number(v.toFixed(2));
  return {
    purpose: 'remaining useful life, in cycles, of units like those that it was trained on, at their last row',
    data,
    units,
    split: 'five folds by unit; every row from cycle 11 on of a unit that was left out',
    metrics: {
      cappedRmse: {
        withAge: short(model.withAge.rmse),
        withoutAge: short(model.withoutAge.rmse),
        trees: short(model.treesRmse),
      },
      cap: LIFE_CAP,
    },
    limits: `lives beyond ${LIFE_CAP} cycles are all said to be ${LIFE_CAP}; not assessable beyond the operating conditions of the training`,
    seed,
    version,
  };
}

/** A model as one JSON text; the networks' weights in base64. */
export function packLife(model: LifeModel, card: LifeCard): string {
  const { withAge, withoutAge, ...rest } = model;
  return JSON.stringify({
    format: 'millwright-life',
    version: 3,
    card,
    ...rest,
    withAge: packed(withAge),
    withoutAge: packed(withoutAge),
  });
}

/** @throws Error that says what is wrong with the text. */
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

import { z } from 'zod';
import { LIFE_CAP } from './lifeFeatures.ts';
import type { LifeModel } from './trainLife.ts';

/** What a person should know of a model before trusting it. */
export interface ModelCard {
  purpose: string;
  data: string;
  units: number;
  split: string;
  metrics: { cappedRmseCycles: number; cap: number };
  limits: string;
  seed: number;
  version: string;
}

const packageSchema = z.strictObject({
  format: z.literal('millwright-life'),
  version: z.literal(1),
  card: z.looseObject({}),
  scaling: z.strictObject({
    width: z.int(),
    columns: z.array(z.int()),
    mean: z.array(z.number()),
    deviation: z.array(z.number()),
    index: z.array(z.number()),
  }),
  calibration: z.strictObject({ said: z.array(z.number()), off: z.array(z.number()) }),
  rmse: z.number(),
  network: z.strictObject({
    modelTopology: z.unknown(),
    weightSpecs: z.array(z.strictObject({ name: z.string(), shape: z.array(z.int()), dtype: z.literal('float32') })),
    weights: z.base64(),
  }),
});

/** The card of a model that was trained on `data`. */
export function cardOf(model: LifeModel, data: string, units: number, seed: number, version: string): ModelCard {
  return {
    purpose: 'remaining useful life, in cycles, of units like those that it was trained on, at their last row',
    data,
    units,
    split: 'five folds by unit; every row from cycle 11 on of a unit that was left out',
    metrics: { cappedRmseCycles: Number(model.rmse.toFixed(2)), cap: LIFE_CAP },
    limits: `knows the age of a unit since new; lives beyond ${LIFE_CAP} cycles are all said to be ${LIFE_CAP}; one operating condition`,
    seed,
    version,
  };
}

/** A model as one JSON text; the network's weights in base64. */
export function packLife(model: LifeModel, card: ModelCard): string {
  const { weightData, ...network } = model.network;
  const weights = btoa(Array.from(new Uint8Array(weightData), (byte) => String.fromCharCode(byte)).join(''));
  const { scaling, calibration, rmse } = model;
  return JSON.stringify({
    format: 'millwright-life',
    version: 1,
    card,
    scaling,
    calibration,
    rmse,
    network: { ...network, weights },
  });
}

/** @throws Error that says what is wrong with the text. */
export function unpackLife(text: string): LifeModel {
  const parsed = packageSchema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`not a model of remaining life: ${issue.path.join('.')}: ${issue.message}`);
  }
  const { scaling, calibration, rmse, network } = parsed.data;
  const { weights, ...rest } = network;
  const weightData = Uint8Array.from(atob(weights), (c) => c.charCodeAt(0)).buffer;
  return { scaling, calibration, rmse, network: { ...rest, weightData } };
}

import { z } from 'zod';
import { DenseNetwork } from '#models/inference/denseRuntime.ts';
import { packedNetworkSchema, packNetwork, unpackNetwork } from '#models/inference/packedNetwork.ts';
import { trainDense } from '#models/inference/trainDense.ts';
import { columnStandards, type RowMethod, standardised } from './rowMethod.ts';

const EPOCHS = 100;
const PATIENCE = 10;
/** Last part of the rows, held out for early stopping. */
const HELD_BACK = 0.1;
const BATCH = 32;

export const autoencoderSchema = z.strictObject({
  mean: z.array(z.number()),
  sd: z.array(z.number().positive()),
  network: packedNetworkSchema,
});
type Autoencoder = z.infer<typeof autoencoderSchema>;

/**
 * A network that reconstructs each row through a bottleneck; what it cannot reconstruct is unlike its training. The
 * statistic is the squared error in standard deviations. Source: Hinton & Salakhutdinov, Science 313 (2006).
 */
export const autoencoder: RowMethod<Autoencoder> = {
  lags: 1,
  weights: [0.3],
  alpha: 0.002,
  leastRows: (channels) => Math.max(200, 20 * channels),
  mostChannels: 100,
  train: (runs, seed) => {
    const rows = runs.flat();
    const { mean, sd } = columnStandards(rows);
    const scaled = rows.map((row) => row.map((v, c) => standardised(v, mean[c], sd[c])));
    const wide = Math.max(4, Math.ceil(mean.length * 0.75));
    const narrow = Math.max(1, Math.round(mean.length / 3));
    const split = Math.floor((1 - HELD_BACK) * scaled.length);
    const [trained, heldBack] = [scaled.slice(0, split), scaled.slice(split)];
    const network = trainDense(trained, trained, {
      hidden: [wide, narrow, wide],
      epochs: EPOCHS,
      batch: BATCH,
      learningRate: 5e-3,
      warmUpSteps: 50,
      weightDecay: 1e-3,
      seed,
      stop: { rows: heldBack, targets: heldBack, patience: PATIENCE },
    });
    return { mean: Array.from(mean), sd: Array.from(sd), network: packNetwork(network) };
  },
  load: ({ mean, sd, network: packed }) => {
    const network = new DenseNetwork(unpackNetwork(packed));
    return {
      statistics: ([row]) => {
        const scaled = Float32Array.from(mean, (m, c) => standardised(row[c], m, sd[c]));
        const given = network.run(scaled, 1);
        const parts = Float64Array.from(scaled, (v, c) => (v - given[c]) ** 2);
        const error = parts.reduce((a, b) => a + b, 0);
        return { values: [Math.max(error, 1e-12)], parts: [parts] };
      },
    };
  },
};

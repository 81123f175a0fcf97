import { z } from 'zod';
import type { LoadedModel, ModelArtifacts, ModelRuntime } from './modelRuntime.ts';

interface DenseLayer {
  inputs: number;
  units: number;
  relu: boolean;
  /** Input by input, the weight to each unit. */
  kernel: Float32Array;
  bias: Float32Array;
}

const topologySchema = z.looseObject({
  model_config: z.looseObject({
    class_name: z.literal('Sequential'),
    config: z.looseObject({
      layers: z
        .array(
          z.looseObject({
            class_name: z.literal('Dense'),
            config: z.looseObject({
              name: z.string(),
              units: z.int().positive(),
              activation: z.enum(['relu', 'linear']),
            }),
          }),
        )
        .min(1),
    }),
  }),
});

/** Small dense networks in plain TypeScript, float64: they need no library, and one answer takes microseconds. */
export class PlainRuntime implements ModelRuntime {
  readonly name = 'plain';

  async load(artifacts: ModelArtifacts): Promise<LoadedModel> {
    const topology = topologySchema.safeParse(artifacts.modelTopology);
    if (!topology.success)
      throw new Error('the plain runtime runs Sequential models of Dense layers with relu or linear');
    const layers = layersOf(topology.data, artifacts);
    return { predict: (rows) => rows.map((row) => run(layers, row)) };
  }
}

function layersOf(topology: z.infer<typeof topologySchema>, { weightSpecs, weightData }: ModelArtifacts): DenseLayer[] {
  const columns = new Map<string, { shape: number[]; values: Float32Array }>();
  let at = 0;
  for (const { name, shape } of weightSpecs) {
    const count = shape.reduce((a, b) => a * b, 1);
    columns.set(name, { shape, values: new Float32Array(weightData, at, count) });
    at += count * 4;
  }
  return topology.model_config.config.layers.map(({ config: { name, units, activation } }) => {
    const kernel = columns.get(`${name}/kernel`);
    const bias = columns.get(`${name}/bias`);
    if (!kernel || !bias || kernel.shape[1] !== units || bias.shape[0] !== units) {
      throw new Error(`the weights of layer ${name} are not those of a Dense layer of ${units} units`);
    }
    return { inputs: kernel.shape[0], units, relu: activation === 'relu', kernel: kernel.values, bias: bias.values };
  });
}

function run(layers: readonly DenseLayer[], row: Float64Array): number {
  let values = row;
  for (const { inputs, units, relu, kernel, bias } of layers) {
    if (values.length !== inputs) throw new RangeError(`${values.length} inputs where the model has ${inputs}`);
    const next = Float64Array.from(bias);
    for (let i = 0; i < inputs; i++) {
      const value = values[i];
      for (let u = 0; u < units; u++) next[u] += value * kernel[i * units + u];
    }
    if (relu) for (let u = 0; u < units; u++) next[u] = Math.max(0, next[u]);
    values = next;
  }
  return values[0];
}

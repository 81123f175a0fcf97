import { z } from 'zod';
import { type DenseKernel, KernelMemory } from './denseKernel.ts';
import {
  checkInput,
  type LoadedModel,
  type ModelArtifacts,
  type ModelFile,
  type ModelRuntime,
  UnsupportedModel,
} from './modelRuntime.ts';

/** As `kernel/dense.as.ts` numbers them. */
const ACTIVATIONS = ['linear', 'relu', 'tanh', 'sigmoid'] as const;

const denseSchema = z.looseObject({
  class_name: z.literal('Dense'),
  config: z.looseObject({
    name: z.string(),
    units: z.int().positive(),
    activation: z.enum(ACTIVATIONS),
    use_bias: z.boolean().default(true),
  }),
});
/** Keras nests the model in `model_config`; TensorFlow.js does not. */
const topologySchema = z.preprocess(
  (topology) => (topology as { model_config?: unknown } | null)?.model_config ?? topology,
  z.looseObject({
    class_name: z.literal('Sequential'),
    config: z.looseObject({
      layers: z
        .array(z.looseObject({ class_name: z.string() }))
        .transform((layers) => layers.filter((layer) => layer.class_name !== 'InputLayer'))
        .pipe(z.array(denseSchema).min(1)),
    }),
  }),
);

interface Layer {
  inputs: number;
  units: number;
  activation: number;
  /** Input by input, the weight to each unit. */
  kernel: Float32Array;
  bias: Float32Array;
}

/** Rows per kernel call. */
const CHUNK = 256;
const padded = (units: number) => (units + 15) & -16;

/** A sequential network of dense layers in WebAssembly with 128-bit SIMD, float32. Each has its own memory. */
export class DenseNetwork {
  readonly inputs: number;
  readonly outputs: number;
  readonly #kernel: DenseKernel;
  readonly #layers: number;
  readonly #input: Float32Array;
  readonly #output: Float32Array;
  readonly #at: { plan: number; input: number; output: number; a: number; b: number };

  /** @throws UnsupportedModel if it is not a sequential network of dense layers; Error if its weights do not fit. */
  constructor(artifacts: ModelArtifacts) {
    const layers = denseLayers(artifacts);
    this.inputs = layers[0].inputs;
    this.outputs = layers[layers.length - 1].units;
    this.#layers = layers.length;
    const memory = new KernelMemory();
    this.#kernel = memory.kernel;
    const place = (bytes: number) => memory.place(bytes);
    const widest = Math.max(...layers.map((l) => padded(l.units)));
    this.#at = {
      plan: place(20 * layers.length),
      input: place(4 * CHUNK * this.inputs),
      output: place(4 * CHUNK * this.outputs),
      a: place(4 * widest),
      b: place(4 * widest),
    };
    const weights = layers.map((l) => ({
      kernel: place(4 * l.inputs * padded(l.units)),
      bias: place(4 * padded(l.units)),
    }));
    layers.forEach((layer, l) => {
      const { kernel, bias } = weights[l];
      const { inputs, units, activation } = layer;
      new Int32Array(memory.buffer, this.#at.plan + 20 * l, 5).set([inputs, units, activation, kernel, bias]);
      new Float32Array(memory.buffer, bias, units).set(layer.bias);
      for (let i = 0; i < inputs; i++)
        new Float32Array(memory.buffer, kernel + 4 * i * padded(units), units).set(
          layer.kernel.subarray(i * units, (i + 1) * units),
        );
    });
    this.#input = new Float32Array(memory.buffer, this.#at.input, CHUNK * this.inputs);
    this.#output = new Float32Array(memory.buffer, this.#at.output, CHUNK * this.outputs);
  }

  /** As `LoadedModel.predict`, but synchronous. */
  run(values: Float32Array, rows: number): Float32Array {
    checkInput(values, rows, this.inputs);
    const answers = new Float32Array(rows * this.outputs);
    for (let from = 0; from < rows; from += CHUNK) {
      const count = Math.min(CHUNK, rows - from);
      this.#input.set(rows <= CHUNK ? values : values.subarray(from * this.inputs, (from + count) * this.inputs));
      const { plan, input, output, a, b } = this.#at;
      this.#kernel.run(plan, this.#layers, count, input, output, this.outputs, a, b);
      answers.set(this.#output.subarray(0, count * this.outputs), from * this.outputs);
    }
    return answers;
  }
}

/** Runs small dense networks by the SIMD kernel: no library, and inference takes about a microsecond. */
export class DenseRuntime implements ModelRuntime {
  readonly name = 'dense-simd';

  async load(file: ModelFile): Promise<LoadedModel> {
    if (file.format !== 'tfjs-layers') throw new UnsupportedModel('it runs sequential networks of dense layers');
    const network = new DenseNetwork(file.artifacts);
    return {
      inputs: network.inputs,
      outputs: network.outputs,
      predict: async (values, rows) => network.run(values, rows),
    };
  }
}

/**
 * The layers of a sequential dense network. @throws UnsupportedModel if it is another kind; Error if weights do not
 * fit.
 */
export function denseLayers({ modelTopology, weightSpecs, weightData }: ModelArtifacts): Layer[] {
  const topology = topologySchema.safeParse(modelTopology);
  if (!topology.success) throw new UnsupportedModel('it runs sequential networks of dense layers');
  const columns = new Map<string, { shape: number[]; values: Float32Array }>();
  let at = 0;
  for (const { name, shape } of weightSpecs) {
    const count = shape.reduce((a, b) => a * b, 1);
    if (at + 4 * count > weightData.byteLength) throw new Error('the weights are shorter than their specs');
    columns.set(name, { shape, values: new Float32Array(weightData, at, count) });
    at += count * 4;
  }
  let inputs: number | null = null;
  return topology.data.config.layers.map(({ config: { name, units, activation, use_bias } }) => {
    const kernel = columns.get(`${name}/kernel`);
    const bias = use_bias ? columns.get(`${name}/bias`) : { shape: [units], values: new Float32Array(units) };
    const before = inputs ?? kernel?.shape[0];
    if (!kernel || !bias || kernel.shape[1] !== units || bias.shape[0] !== units || kernel.shape[0] !== before)
      throw new Error(`the weights of layer ${name} are not those of a Dense layer of ${units} units`);
    inputs = units;
    return {
      inputs: kernel.shape[0],
      units,
      activation: ACTIVATIONS.indexOf(activation),
      kernel: kernel.values,
      bias: bias.values,
    };
  });
}

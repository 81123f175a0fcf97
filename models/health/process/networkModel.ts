import { z } from 'zod';
import { fromBase64 } from '#models/inference/base64.ts';
import type { LoadedModel, ModelFile } from '#models/inference/modelRuntime.ts';
import { packedNetworkSchema, unpackNetwork } from '#models/inference/packedNetwork.ts';
import { type Statistics, standardised } from './rowMethod.ts';

/**
 * A network trained elsewhere. Its input is `lags` concatenated rows in standard deviations; it reconstructs them
 * (`reconstruction`), or outputs an anomaly score (`score`, above 0).
 */
export const networkSchema = z.strictObject({
  mean: z.array(z.number()),
  sd: z.array(z.number().positive()),
  answer: z.enum(['reconstruction', 'score']),
  file: z.discriminatedUnion('format', [
    z.strictObject({ format: z.literal('tfjs-layers'), network: packedNetworkSchema }),
    z.strictObject({ format: z.literal('tfjs-graph'), network: packedNetworkSchema }),
    z.strictObject({ format: z.literal('onnx'), bytes: z.base64() }),
  ]),
});
export type NetworkData = z.infer<typeof networkSchema>;

/** The network of a model as the file that a runtime loads. */
export function networkFile({ file }: NetworkData): ModelFile {
  if (file.format === 'onnx') return { format: 'onnx', bytes: fromBase64(file.bytes) };
  return { format: file.format, artifacts: unpackNetwork(file.network) };
}

/**
 * Checks that a network fits the rows it is given.
 * @throws Error if its inputs or outputs do not match the width of its rows.
 */
export function checkNetwork({ mean, answer }: NetworkData, lags: number, model: LoadedModel): void {
  const width = lags * mean.length;
  if (model.inputs !== width)
    throw new Error(`the network takes ${model.inputs} numbers; ${lags} rows of ${mean.length} channels are ${width}`);
  const answers = answer === 'score' ? 1 : width;
  if (model.outputs !== answers)
    throw new Error(`the network answers ${model.outputs} numbers; a ${answer} has ${answers}`);
}

/** Statistics of many rows at once. @param pasts for each row, the `lags` rows that end with it. */
export async function networkStatistics(
  { mean, sd, answer }: NetworkData,
  model: LoadedModel,
  pasts: readonly (readonly ArrayLike<number>[])[],
): Promise<Statistics[]> {
  const width = mean.length;
  const inputs = new Float32Array(pasts.length * model.inputs);
  pasts.forEach((past, i) => {
    past.forEach((row, lag) => {
      for (let c = 0; c < width; c++) inputs[i * model.inputs + lag * width + c] = standardised(row[c], mean[c], sd[c]);
    });
  });
  const answers = await model.predict(inputs, pasts.length);
  return pasts.map((_, i) => {
    const input = inputs.subarray(i * model.inputs, (i + 1) * model.inputs);
    const own = answers.subarray(i * model.outputs, (i + 1) * model.outputs);
    if (answer === 'score') return { values: [own[0]], parts: [distances(input, width)] };
    const parts = new Float64Array(width);
    let error = 0;
    for (let k = 0; k < input.length; k++) {
      const off = (input[k] - own[k]) ** 2;
      parts[k % width] += off;
      error += off;
    }
    // NaN stays NaN: the caller detects the failure.
    return { values: [error < 1e-12 ? 1e-12 : error], parts: [parts] };
  });
}

/** Distance of each channel from its training, as a score does not show which channel caused it. */
function distances(input: Float32Array, width: number): Float64Array {
  const parts = new Float64Array(width);
  input.forEach((v, k) => {
    parts[k % width] += v * v;
  });
  return parts;
}

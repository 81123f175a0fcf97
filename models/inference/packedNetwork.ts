import { z } from 'zod';
import { fromBase64, toBase64 } from './base64.ts';
import type { ModelArtifacts } from './modelRuntime.ts';

/** A layers model as JSON, its weights in base64. */
export const packedNetworkSchema = z.strictObject({
  modelTopology: z.unknown(),
  weightSpecs: z.array(
    z.strictObject({ name: z.string(), shape: z.array(z.int()), dtype: z.enum(['float32', 'int32']) }),
  ),
  weights: z.base64(),
});
export type PackedNetwork = z.infer<typeof packedNetworkSchema>;

/** A network as JSON, its weights in base64. */
export function packNetwork({ modelTopology, weightSpecs, weightData }: ModelArtifacts): PackedNetwork {
  return { modelTopology, weightSpecs, weights: toBase64(new Uint8Array(weightData)) };
}

/** The network from its JSON; the inverse of `packNetwork`. */
export function unpackNetwork({ weights, ...rest }: PackedNetwork): ModelArtifacts {
  return { ...rest, weightData: fromBase64(weights).buffer };
}

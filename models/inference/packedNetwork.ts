import { z } from 'zod';
import type { ModelArtifacts } from './modelRuntime.ts';

/** A network of layers as JSON: its weights in base64. */
export const packedNetworkSchema = z.strictObject({
  modelTopology: z.unknown(),
  weightSpecs: z.array(
    z.strictObject({ name: z.string(), shape: z.array(z.int()), dtype: z.enum(['float32', 'int32']) }),
  ),
  weights: z.base64(),
});
export type PackedNetwork = z.infer<typeof packedNetworkSchema>;

export function packNetwork({ modelTopology, weightSpecs, weightData }: ModelArtifacts): PackedNetwork {
  const weights = btoa(Array.from(new Uint8Array(weightData), (byte) => String.fromCharCode(byte)).join(''));
  return { modelTopology, weightSpecs, weights };
}

export function unpackNetwork({ weights, ...rest }: PackedNetwork): ModelArtifacts {
  return { ...rest, weightData: Uint8Array.from(atob(weights), (c) => c.charCodeAt(0)).buffer };
}

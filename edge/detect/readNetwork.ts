import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { NetworkData } from '#models/health/process/networkModel.ts';

/** `model.json` of TensorFlow.js' converter: topology, and binaries beside it. */
const tfjsSchema = z.looseObject({
  format: z.enum(['layers-model', 'graph-model']).default('layers-model'),
  modelTopology: z.unknown(),
  weightsManifest: z.array(
    z.looseObject({
      paths: z.array(z.string()),
      weights: z.array(
        z.looseObject({ name: z.string(), shape: z.array(z.int()), dtype: z.enum(['float32', 'int32']) }),
      ),
    }),
  ),
});

/** A network file: ONNX by its ending, else TensorFlow.js' `model.json`. @throws Error where it is neither. */
export function readNetwork(file: string): NetworkData['file'] {
  const bytes = readFileSync(file);
  if (file.endsWith('.onnx')) return { format: 'onnx', bytes: bytes.toString('base64') };
  const parsed = tfjsSchema.safeParse(JSON.parse(bytes.toString('utf8')));
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new Error(`${file}: no model.json of TensorFlow.js: ${path.join('.')}: ${message}`);
  }
  const { format, modelTopology, weightsManifest } = parsed.data;
  const parts = weightsManifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(dirname(file), path))));
  const weightSpecs = weightsManifest.flatMap(({ weights }) =>
    weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
  );
  const network = { modelTopology, weightSpecs, weights: Buffer.concat(parts).toString('base64') };
  return { format: format === 'graph-model' ? 'tfjs-graph' : 'tfjs-layers', network };
}

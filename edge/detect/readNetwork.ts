import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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

/** Reads a network file: ONNX by its extension, else TensorFlow.js' `model.json`. @throws Error if it is neither. */
export function readNetwork(file: string): NetworkData['file'] {
  const bytes = bytesOf(file);
  if (bytes.length === 0) throw new Error(`${file} is empty`);
  if (file.endsWith('.onnx')) return { format: 'onnx', bytes: bytes.toString('base64') };
  const parsed = tfjsSchema.safeParse(jsonOf(file, bytes));
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new Error(`${file}: no model.json of TensorFlow.js: ${path.join('.')}: ${message}`);
  }
  const { format, modelTopology, weightsManifest } = parsed.data;
  const parts = weightsManifest.flatMap(({ paths }) =>
    paths.map((path) => {
      // An untrusted file must not reach other files by path.
      if (path !== basename(path)) throw new Error(`${file}: its weights lie beside it; found ${JSON.stringify(path)}`);
      return bytesOf(join(dirname(file), path));
    }),
  );
  const weightSpecs = weightsManifest.flatMap(({ weights }) =>
    weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
  );
  const expectedBytes = weightSpecs.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
  const found = parts.reduce((sum, part) => sum + part.length, 0);
  if (found !== expectedBytes) throw new Error(`${file}: ${found} bytes of weights; its specs are of ${expectedBytes}`);
  const network = { modelTopology, weightSpecs, weights: Buffer.concat(parts).toString('base64') };
  return { format: format === 'graph-model' ? 'tfjs-graph' : 'tfjs-layers', network };
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

function jsonOf(file: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Error(`${file} is neither ONNX (by its ending) nor JSON`);
  }
}

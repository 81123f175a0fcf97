import { expect, test } from 'vitest';
import type { ModelRuntime } from './modelRuntime.ts';
import { trainDense } from './trainDense.ts';

const SETTINGS = {
  hidden: [8, 4],
  epochs: 60,
  batch: 16,
  learningRate: 0.02,
  warmUpSteps: 10,
  weightDecay: 0,
  seed: 3,
};
const rows = Array.from({ length: 600 }, (_, i) => Float64Array.of(Math.sin(i), Math.cos(3 * i), Math.sin(7 * i)));
const targets = rows.map(([a, b, c]) => Float64Array.of(Math.abs(a) + b * 0.5 - c, a * b));
const values = Float32Array.from(rows.flatMap((row) => Array.from(row)));

/** Contract of every runtime of TensorFlow.js layers models, compared with `reference`. */
export function checkRuntime(runtime: ModelRuntime, reference: ModelRuntime): void {
  const file = { format: 'tfjs-layers', artifacts: trainDense(rows, targets, SETTINGS) } as const;

  test(`${runtime.name} answers as ${reference.name} does, within 1e-5`, async () => {
    const [tested, expected] = await Promise.all([runtime.load(file), reference.load(file)]);
    expect([tested.inputs, tested.outputs]).toEqual([3, 2]);
    const [a, b] = await Promise.all([tested.predict(values, rows.length), expected.predict(values, rows.length)]);
    expect(a).toHaveLength(2 * rows.length);
    a.forEach((v, i) => {
      expect(Math.abs(v - b[i])).toBeLessThan(1e-5);
    });
    const one = await tested.predict(values.slice(3, 6), 1);
    expect(Math.abs(one[0] - a[2])).toBeLessThan(1e-6);
  });

  test(`${runtime.name} runs what was learned, and says the same again`, async () => {
    const model = await runtime.load(file);
    const prediction = await model.predict(values, rows.length);
    const error = Math.sqrt(
      prediction.reduce((sum, v, i) => sum + (v - targets[i >> 1][i & 1]) ** 2, 0) / prediction.length,
    );
    expect(error).toBeLessThan(0.15);
    expect(await model.predict(values, rows.length)).toEqual(prediction);
    expect(await model.predict(new Float32Array(0), 0)).toHaveLength(0);
  });

  test(`${runtime.name} refuses what is no model, and rows of another width`, async () => {
    const modelTopology = { model_config: { class_name: 'Other' } };
    await expect(runtime.load({ ...file, artifacts: { ...file.artifacts, modelTopology } })).rejects.toThrow();
    const model = await runtime.load(file);
    await expect(model.predict(values.slice(1), rows.length)).rejects.toThrow(RangeError);
  });
}

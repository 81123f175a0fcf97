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
const rows = Array.from({ length: 256 }, (_, i) => Float64Array.of(Math.sin(i), Math.cos(3 * i), Math.sin(7 * i)));
const targets = rows.map(([a, b, c]) => Math.abs(a) + b * 0.5 - c);

/** What every runtime must do; `reference` answers what it is held against. */
export function checkRuntime(runtime: ModelRuntime, reference: ModelRuntime): void {
  const artifacts = trainDense(rows, targets, SETTINGS);

  test(`${runtime.name} answers as ${reference.name} does, within 1e-5`, async () => {
    const [ours, theirs] = await Promise.all([runtime.load(artifacts), reference.load(artifacts)]);
    const [a, b] = [ours.predict(rows), theirs.predict(rows)];
    expect(a).toHaveLength(rows.length);
    a.forEach((v, i) => {
      expect(Math.abs(v - b[i])).toBeLessThan(1e-5);
    });
  });

  test(`${runtime.name} runs what was learned`, async () => {
    const model = await runtime.load(artifacts);
    const said = model.predict(rows);
    const error = Math.sqrt(said.reduce((sum, v, i) => sum + (v - targets[i]) ** 2, 0) / said.length);
    expect(error).toBeLessThan(0.1);
    expect(model.predict([])).toEqual([]);
  });

  test(`${runtime.name} refuses what is no model`, async () => {
    await expect(
      runtime.load({ ...artifacts, modelTopology: { model_config: { class_name: 'Other' } } }),
    ).rejects.toThrow();
  });
}

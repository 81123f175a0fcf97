import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadProcessModel } from '#models/health/process/judgeRows.ts';
import { freshState } from '#models/health/process/processModel.ts';
import { denseOnnx } from '#models/inference/denseOnnx.ts';
import { loadModel } from '#models/inference/modelRuntimes.ts';
import { trainDense } from '#models/inference/trainDense.ts';
import { gaussian, randomOf } from '#models/random/random.ts';
import { trainAnomaly } from './trainAnomaly.ts';

const directory = mkdtempSync(join(tmpdir(), 'millwright-network-'));
const random = randomOf(5);
/** Flow and heat follow the load. */
const rows = Array.from({ length: 600 }, () => {
  const load = gaussian(random);
  return [0.7 + 0.1 * load, 56 + 8 * load + 0.5 * gaussian(random), 48 + 4 * load + 0.5 * gaussian(random)];
});
const table = { name: 'normal.csv', bytes: Buffer.from(['load,flow,heat', ...rows.map((r) => r.join())].join('\n')) };
const scaled = rows.map(([a, b, c]) => Float64Array.of((a - 0.7) / 0.1, (b - 56) / 8, (c - 48) / 4));
const artifacts = trainDense(scaled.slice(0, 300), scaled.slice(0, 300), {
  hidden: [8, 1, 8],
  epochs: 80,
  batch: 16,
  learningRate: 5e-3,
  warmUpSteps: 20,
  weightDecay: 0,
  seed: 1,
});
const options = { ignore: [], seed: 1, answer: 'reconstruction', lags: 1 } as const;
const wrap = (network: string) => trainAnomaly([table], { ...options, ignore: [], network }, '0', () => undefined);

/** Written as by TensorFlow.js' converter; `paths` are those of its manifest. */
function tensorFlow(name: string, paths: string[]): string {
  const { modelTopology, weightSpecs, weightData } = artifacts;
  writeFileSync(join(directory, 'weights.bin'), Buffer.from(weightData));
  const file = join(directory, name);
  const weightsManifest = [{ paths, weights: weightSpecs }];
  writeFileSync(file, JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest }));
  return file;
}

test('an externally trained network becomes a model, from ONNX and from TensorFlow.js', async () => {
  const onnx = join(directory, 'net.onnx');
  writeFileSync(onnx, denseOnnx(artifacts));
  const models = [await wrap(onnx), await wrap(tensorFlow('model.json', ['weights.bin']))];
  for (const model of models) {
    const ready = await loadProcessModel(model, loadModel);
    const judge = async (clog: number) => {
      const own = rows.slice(300, 400).map(([a, b, c]) => [a, b - clog, c]);
      const { scores } = await ready.judge(own, freshState(model));
      return scores.filter((score) => score && score.index > 1).length;
    };
    expect(await judge(0)).toBeLessThan(5);
    expect(await judge(40)).toBeGreaterThan(80);
  }
  expect(models[0].limits[0] / models[1].limits[0]).toBeCloseTo(1, 3);
});

test('a model.json may only name files beside it, and weights must match the length in their specs', async () => {
  await expect(wrap(tensorFlow('escape.json', ['../../../etc/passwd']))).rejects.toThrow('its weights lie beside it');
  await expect(wrap(tensorFlow('twice.json', ['weights.bin', 'weights.bin']))).rejects.toThrow('its specs are of');
  const empty = join(directory, 'empty.onnx');
  writeFileSync(empty, '');
  await expect(wrap(empty)).rejects.toThrow('is empty');
  await expect(wrap(directory)).rejects.toThrow('EISDIR');
});

test("a network whose width differs from the table's is refused", async () => {
  const file = tensorFlow('wide.json', ['weights.bin']);
  const narrow = { name: 'n.csv', bytes: Buffer.from(['a,b', ...rows.map(([a, b]) => `${a},${b}`)].join('\n')) };
  await expect(trainAnomaly([narrow], { ...options, ignore: [], network: file }, '0', () => undefined)).rejects.toThrow(
    'the network takes 3 numbers',
  );
});

import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { denseOnnx } from './denseOnnx.ts';
import { DenseNetwork, DenseRuntime } from './denseRuntime.ts';
import { loadModel, onnx } from './modelRuntimes.ts';
import { checkRuntime } from './runtimeChecks.ts';
import { type TensorFlow, TfjsRuntime } from './tfjsRuntime.ts';
import { trainDense } from './trainDense.ts';

const tfjs = new TfjsRuntime('tfjs', tf as unknown as TensorFlow);

describe('the dense kernel', () => checkRuntime(new DenseRuntime(), tfjs));
describe('TensorFlow.js', () => checkRuntime(tfjs, new DenseRuntime()));

test('the same seed gives the same network, another seed another', () => {
  const rows = Array.from({ length: 40 }, (_, i) => Float64Array.of(i / 40, 1));
  const targets = rows.map(([a]) => Float64Array.of(a * a));
  const train = (seed: number) =>
    new Float32Array(
      trainDense(rows, targets, {
        hidden: [4],
        epochs: 3,
        batch: 8,
        learningRate: 0.01,
        warmUpSteps: 2,
        weightDecay: 0.1,
        seed,
      }).weightData,
    );
  expect(train(1)).toEqual(train(1));
  expect(train(1)).not.toEqual(train(2));
});

test('tanh, sigmoid and layers of any width, with and without a bias, match TensorFlow.js', async () => {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 19, activation: 'tanh', inputShape: [7] }));
  model.add(tf.layers.dense({ units: 5, activation: 'sigmoid', useBias: false }));
  model.add(tf.layers.dense({ units: 3, activation: 'relu' }));
  let artifacts: unknown;
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const input = Float32Array.from({ length: 700 }, (_, i) => Math.sin(i));
  const actual = new DenseNetwork(artifacts as never).run(input, 100);
  const expected = (model.predict(tf.tensor2d(input, [100, 7])) as tf.Tensor).dataSync();
  actual.forEach((v, i) => {
    expect(Math.abs(v - expected[i])).toBeLessThan(1e-5);
  });
});

test('weights that do not fit their topology are refused', async () => {
  const rows = [Float64Array.of(1, 2)];
  const settings = { hidden: [3], epochs: 1, batch: 1, learningRate: 0.1, warmUpSteps: 1, weightDecay: 0, seed: 1 };
  const artifacts = trainDense(rows, [Float64Array.of(1)], settings);
  expect(() => new DenseNetwork({ ...artifacts, weightData: artifacts.weightData.slice(8) })).toThrow('shorter');
  const [, ...rest] = artifacts.weightSpecs;
  expect(() => new DenseNetwork({ ...artifacts, weightSpecs: rest })).toThrow('the weights of layer dense_0');
});

test('a graph model runs on TensorFlow.js only', async () => {
  const float = { dtype: { type: 'DT_FLOAT' } };
  const placeholder = { ...float, shape: { shape: { dim: [{ size: '-1' }, { size: '3' }] } } };
  const multiply = { T: { type: 'DT_FLOAT' }, transpose_a: { b: false }, transpose_b: { b: false } };
  const artifacts = {
    modelTopology: {
      node: [
        { name: 'x', op: 'Placeholder', attr: placeholder },
        { name: 'w', op: 'Const', attr: float },
        { name: 'y', op: 'MatMul', input: ['x', 'w'], attr: multiply },
      ],
      versions: { producer: 1 },
    },
    weightSpecs: [{ name: 'w', shape: [3, 2], dtype: 'float32' as const }],
    weightData: Float32Array.of(1, 2, 3, 4, 5, 6).buffer,
  };
  const { model, runtime } = await loadModel({ format: 'tfjs-graph', artifacts });
  expect(runtime).toMatch(/^tfjs/);
  expect([model.inputs, model.outputs]).toEqual([3, 2]);
  expect(Array.from(await model.predict(Float32Array.of(1, 0, 0, 0, 1, 1), 2))).toEqual([1, 2, 8, 10]);
});

test('ONNX Runtime matches the kernel for the same network', async () => {
  const rows = Array.from({ length: 50 }, (_, i) => Float64Array.of(Math.sin(i), Math.cos(i)));
  const settings = { hidden: [9, 5], epochs: 5, batch: 8, learningRate: 0.01, warmUpSteps: 2, weightDecay: 0, seed: 2 };
  const artifacts = trainDense(rows, rows, settings);
  const { model, runtime } = await loadModel({ format: 'onnx', bytes: denseOnnx(artifacts) });
  expect(runtime).toBe('onnxruntime-node');
  const input = Float32Array.from(rows.flatMap((row) => Array.from(row)));
  const actual = new DenseNetwork(artifacts).run(input, rows.length);
  (await model.predict(input, rows.length)).forEach((v, i) => {
    expect(Math.abs(v - actual[i])).toBeLessThan(1e-5);
  });
  await expect(loadModel({ format: 'onnx', bytes: Uint8Array.of(1, 2, 3) })).rejects.toThrow();
  expect(typeof (await onnx())).toBe('object');
});

test('the kernel is preferred whatever else is installed', async () => {
  const row = Float64Array.of(1, 2);
  const settings = { hidden: [3], epochs: 1, batch: 1, learningRate: 0.1, warmUpSteps: 1, weightDecay: 0, seed: 1 };
  const { runtime } = await loadModel({ format: 'tfjs-layers', artifacts: trainDense([row], [row], settings) });
  expect(runtime).toBe('dense-simd');
});

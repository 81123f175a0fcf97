import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { DenseNetwork, DenseRuntime } from './denseRuntime.ts';
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

test('tanh, sigmoid and layers of any width, with and without a bias, as TensorFlow.js computes them', async () => {
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
  const ours = new DenseNetwork(artifacts as never).run(input, 100);
  const theirs = (model.predict(tf.tensor2d(input, [100, 7])) as tf.Tensor).dataSync();
  ours.forEach((v, i) => {
    expect(Math.abs(v - theirs[i])).toBeLessThan(1e-5);
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

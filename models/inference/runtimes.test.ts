import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { PlainRuntime } from './plainRuntime.ts';
import { checkRuntime } from './runtimeChecks.ts';
import { type TensorFlow, TfjsRuntime } from './tfjsRuntime.ts';
import { trainDense } from './trainDense.ts';

const tfjs = new TfjsRuntime('tfjs', tf as unknown as TensorFlow);

describe('plain', () => checkRuntime(new PlainRuntime(), tfjs));
describe('TensorFlow.js', () => checkRuntime(tfjs, new PlainRuntime()));

test('the same seed gives the same network, another seed another', () => {
  const rows = Array.from({ length: 40 }, (_, i) => Float64Array.of(i / 40, 1));
  const targets = rows.map(([a]) => a * a);
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

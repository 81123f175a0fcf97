import { type Random, randomOf } from '#models/random/random.ts';
import type { ModelArtifacts } from './modelRuntime.ts';

export interface TrainSettings {
  /** Number of units of each hidden layer. */
  hidden: readonly number[];
  epochs: number;
  batch: number;
  learningRate: number;
  warmUpSteps: number;
  /** Decoupled (Loshchilov & Hutter, "Decoupled weight decay regularization", 2019). */
  weightDecay: number;
  seed: number;
  /**
   * Early stopping on held-out rows: training ends after `patience` epochs without improvement, and keeps the best
   * weights.
   */
  stop?: { rows: readonly Float64Array[]; targets: readonly Float64Array[]; patience: number };
}

interface Layer {
  inputs: number;
  units: number;
  weights: Float64Array;
  gradient: Float64Array;
  m: Float64Array;
  v: Float64Array;
  output: Float64Array;
  delta: Float64Array;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-7;

/**
 * A dense network with ReLU and linear outputs, trained on squared error by Adam (Kingma & Ba 2015) with warm-up and
 * cosine decay. The same seed and rows give the same network.
 * @param rows of one length. @param targets one per row, all of one length.
 */
export function trainDense(
  rows: readonly Float64Array[],
  targets: readonly Float64Array[],
  settings: TrainSettings,
): ModelArtifacts {
  const random = randomOf(settings.seed);
  const widths = [rows[0].length, ...settings.hidden, targets[0].length];
  const layers = widths.slice(1).map((units, i) => createLayer(widths[i], units, random));
  const order = rows.map((_, i) => i);
  const steps = settings.epochs * Math.ceil(rows.length / settings.batch);
  let step = 0;
  let best = { loss: Number.POSITIVE_INFINITY, epoch: 0, weights: [] as Float64Array[] };
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    shuffle(order, random);
    for (let from = 0; from < order.length; from += settings.batch) {
      const batch = order.slice(from, from + settings.batch);
      for (const i of batch) backpropagate(layers, rows[i], targets[i]);
      step++;
      for (const layer of layers)
        update(layer, batch.length, step, rateAt(step, steps, settings), settings.weightDecay);
    }
    if (!settings.stop) continue;
    const loss = lossOf(layers, settings.stop.rows, settings.stop.targets);
    if (loss < best.loss) best = { loss, epoch, weights: layers.map((layer) => layer.weights.slice()) };
    else if (epoch - best.epoch >= settings.stop.patience) break;
  }
  best.weights.forEach((weights, l) => {
    layers[l].weights.set(weights);
  });
  return artifactsOf(layers);
}

function createLayer(inputs: number, units: number, random: Random): Layer {
  const size = (inputs + 1) * units;
  const limit = Math.sqrt(6 / (inputs + units));
  const weights = Float64Array.from({ length: size }, (_, i) => (i < inputs * units ? limit * (2 * random() - 1) : 0));
  const zeros = () => new Float64Array(size);
  return {
    inputs,
    units,
    weights,
    gradient: zeros(),
    m: zeros(),
    v: zeros(),
    output: new Float64Array(units),
    delta: new Float64Array(units),
  };
}

/** Mean squared error per row. */
function lossOf(layers: readonly Layer[], rows: readonly Float64Array[], targets: readonly Float64Array[]): number {
  let squares = 0;
  rows.forEach((row, i) => {
    const { output } = answer(layers, row);
    for (let u = 0; u < output.length; u++) squares += (output[u] - targets[i][u]) ** 2;
  });
  return squares / rows.length;
}

/** The last layer after a forward pass. */
function answer(layers: readonly Layer[], row: Float64Array): Layer {
  let input = row;
  for (const [at, layer] of layers.entries()) {
    forward(layer, input, at < layers.length - 1);
    input = layer.output;
  }
  return layers[layers.length - 1];
}

/** Adds one row's gradients. */
function backpropagate(layers: readonly Layer[], row: Float64Array, target: Float64Array): void {
  const last = answer(layers, row);
  for (let u = 0; u < target.length; u++) last.delta[u] = 2 * (last.output[u] - target[u]);
  for (let at = layers.length - 1; at >= 0; at--) {
    addGradient(layers[at], at > 0 ? layers[at - 1].output : row);
    if (at > 0) passBack(layers[at], layers[at - 1]);
  }
}

function forward({ inputs, units, weights, output }: Layer, input: Float64Array, relu: boolean): void {
  for (let u = 0; u < units; u++) output[u] = weights[inputs * units + u];
  for (let i = 0; i < inputs; i++) addScaled(output, 0, weights, i * units, input[i], units);
  if (relu) for (let u = 0; u < units; u++) if (output[u] < 0) output[u] = 0;
}

function addGradient({ inputs, units, gradient, delta }: Layer, input: Float64Array): void {
  for (let i = 0; i < inputs; i++) addScaled(gradient, i * units, delta, 0, input[i], units);
  for (let u = 0; u < units; u++) gradient[inputs * units + u] += delta[u];
}

/** to[toAt + k] += factor × from[fromAt + k] for each k below `count`, four at a time: the hot loop of training. */
function addScaled(to: Float64Array, toAt: number, from: Float64Array, fromAt: number, factor: number, count: number) {
  if (factor === 0) return;
  const fours = count - (count % 4);
  let k = 0;
  for (; k < fours; k += 4) {
    to[toAt + k] += factor * from[fromAt + k];
    to[toAt + k + 1] += factor * from[fromAt + k + 1];
    to[toAt + k + 2] += factor * from[fromAt + k + 2];
    to[toAt + k + 3] += factor * from[fromAt + k + 3];
  }
  for (; k < count; k++) to[toAt + k] += factor * from[fromAt + k];
}

function passBack({ inputs, units, weights, delta }: Layer, below: Layer): void {
  for (let i = 0; i < inputs; i++) {
    let sum = 0;
    if (below.output[i] > 0) for (let u = 0; u < units; u++) sum += weights[i * units + u] * delta[u];
    below.delta[i] = sum;
  }
}

function update(layer: Layer, batch: number, step: number, rate: number, decay: number): void {
  const { weights, gradient, m, v } = layer;
  const first = layer.inputs * layer.units;
  const correct1 = 1 - BETA1 ** step;
  const correct2 = 1 - BETA2 ** step;
  for (let k = 0; k < weights.length; k++) {
    const g = gradient[k] / batch;
    m[k] = BETA1 * m[k] + (1 - BETA1) * g;
    v[k] = BETA2 * v[k] + (1 - BETA2) * g * g;
    // Biases, stored after the weights, do not decay.
    const shrink = k < first ? decay * weights[k] : 0;
    weights[k] -= rate * (m[k] / correct1 / (Math.sqrt(v[k] / correct2) + EPSILON) + shrink);
  }
  gradient.fill(0);
}

function rateAt(step: number, steps: number, { learningRate, warmUpSteps }: TrainSettings): number {
  if (step <= warmUpSteps) return (learningRate * step) / warmUpSteps;
  return learningRate * 0.5 * (1 + Math.cos((Math.PI * (step - warmUpSteps)) / Math.max(1, steps - warmUpSteps)));
}

function artifactsOf(layers: readonly Layer[]): ModelArtifacts {
  const weightSpecs: ModelArtifacts['weightSpecs'] = [];
  const values: number[] = [];
  layers.forEach(({ inputs, units, weights }, at) => {
    weightSpecs.push({ name: `dense_${at}/kernel`, shape: [inputs, units], dtype: 'float32' });
    weightSpecs.push({ name: `dense_${at}/bias`, shape: [units], dtype: 'float32' });
    for (const weight of weights) values.push(weight);
  });
  const configs = layers.map(({ inputs, units }, at) => ({
    class_name: 'Dense',
    config: {
      name: `dense_${at}`,
      units,
      activation: at < layers.length - 1 ? 'relu' : 'linear',
      use_bias: true,
      ...(at === 0 ? { batch_input_shape: [null, inputs] } : {}),
    },
  }));
  const model_config = { class_name: 'Sequential', config: { name: 'dense', layers: configs } };
  const modelTopology = { keras_version: 'tfjs-layers 4.22.0', backend: 'tensor_flow.js', model_config };
  return { modelTopology, weightSpecs, weightData: Float32Array.from(values).buffer };
}

function shuffle(order: number[], random: Random): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
}

import { median } from '#models/health/statistics.ts';
import { denseOnnx } from '#models/inference/denseOnnx.ts';
import { DenseRuntime } from '#models/inference/denseRuntime.ts';
import type { LoadedModel, ModelFile, ModelRuntime } from '#models/inference/modelRuntime.ts';
import { loadModel, onnx, tfjs, tfjsNode } from '#models/inference/modelRuntimes.ts';
import { onnxBytes } from '#models/inference/onnxModel.ts';
import type { Onnx } from '#models/inference/onnxRuntime.ts';
import { trainDense } from '#models/inference/trainDense.ts';
import { gaussian, randomOf } from '#models/random/random.ts';

export interface InferenceBench {
  /** Microseconds per inference at batch size 1 of the dense network 40-16-8-16-40, by runtime; medians. */
  denseUs: Record<string, number>;
  /** The kernel's time over that of each other runtime. */
  denseRatio: Record<string, number>;
  /** Microseconds per inference of a convolution of some 50,000 weights: through Millwright, and by the library alone. */
  convolution: { weights: number; throughUs: number; aloneUs: number; ratio: number } | null;
  /** Why a runtime has no result. */
  missing: string[];
}

const WIDTHS = [40, 16, 8, 16];
const RUN_MS = 300;
/** Samples of the convolution's signal. */
const SIGNAL = 1024;

type Inference = () => Promise<unknown>;

/** All runtimes, alternating. */
export async function benchInference({
  runs,
  info,
}: {
  runs: number;
  info: (line: string) => void;
}): Promise<InferenceBench> {
  const missing: string[] = [];
  const dense = new Map<string, Inference>();
  for (const [file, runtime] of await denseRuntimes(missing))
    dense.set(runtime.name, createRequest(await runtime.load(file), WIDTHS[0]));
  const convolution = await convolutions();
  if (typeof convolution === 'string') missing.push(`convolution: ${convolution}`);
  const inferences = new Map([...dense, ...(typeof convolution === 'string' ? [] : convolution.asks)]);
  const times = new Map<string, number[]>([...inferences.keys()].map((name) => [name, []]));
  for (let run = 1; run <= runs; run++) {
    for (const [name, infer] of inferences) times.get(name)?.push(await timed(infer));
    info(`run ${run} of ${runs}`);
  }
  const us = (name: string) => Number(median(times.get(name) ?? []).toPrecision(3));
  const own = us('dense-simd');
  return {
    denseUs: Object.fromEntries([...dense.keys()].map((name) => [name, us(name)])),
    denseRatio: Object.fromEntries(
      [...dense.keys()].filter((n) => n !== 'dense-simd').map((n) => [n, Number((own / us(n)).toPrecision(3))]),
    ),
    convolution:
      typeof convolution === 'string'
        ? null
        : {
            weights: convolution.weights,
            throughUs: us('through'),
            aloneUs: us('alone'),
            ratio: Number((us('through') / us('alone')).toPrecision(3)),
          },
    missing,
  };
}

export function inferenceLines({ denseUs, denseRatio, convolution, missing }: InferenceBench): string[] {
  return [
    ...Object.entries(denseUs).map(
      ([name, us]) =>
        `${name.padEnd(18)}${us} µs a row${denseRatio[name] ? `; the kernel takes ${denseRatio[name]} of it` : ''}`,
    ),
    ...(convolution
      ? [
          `convolution of ${convolution.weights} weights: ${convolution.throughUs} µs through Millwright, ${convolution.aloneUs} µs by ONNX Runtime alone (${convolution.ratio})`,
        ]
      : []),
    ...missing.map((why) => `missing: ${why}`),
  ];
}

async function denseRuntimes(missing: string[]): Promise<[ModelFile, ModelRuntime][]> {
  const row = new Float64Array(WIDTHS[0]);
  const settings = { epochs: 0, batch: 1, learningRate: 0, warmUpSteps: 1, weightDecay: 0, seed: 1 };
  const artifacts = trainDense([row], [row], { hidden: WIDTHS.slice(1), ...settings });
  const layers = { format: 'tfjs-layers', artifacts } as const;
  const found: [ModelFile, ModelRuntime | string][] = [
    [layers, new DenseRuntime()],
    [layers, await tfjs()],
    [layers, await tfjsNode()],
    [{ format: 'onnx', bytes: denseOnnx(artifacts) }, await onnx()],
  ];
  return found.flatMap(([file, runtime]) => {
    if (typeof runtime !== 'string') return [[file, runtime] satisfies [ModelFile, ModelRuntime]];
    missing.push(runtime);
    return [];
  });
}

/** The same convolution as an edge runs it, and in a session of the library itself. */
async function convolutions(): Promise<{ weights: number; asks: [string, Inference][] } | string> {
  const found = await onnx();
  if (typeof found === 'string') return found;
  const { bytes, weights } = convolutionModel();
  const { model } = await loadModel({ format: 'onnx', bytes });
  // Not a literal name, as the package is optional.
  const library = (await import(found.name)) as unknown as Onnx & { default?: Onnx };
  const { InferenceSession, Tensor } = library.default ?? library;
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const signal = Float32Array.from({ length: SIGNAL }, (_, i) => Math.sin(i / 7));
  return {
    weights,
    asks: [
      ['through', () => model.predict(signal, 1)],
      ['alone', () => session.run({ x0: new Tensor('float32', signal, [1, 1, SIGNAL]) })],
    ],
  };
}

/** Four convolutions of nine taps, the mean over time, one output. */
export function convolutionModel(): { bytes: Uint8Array; weights: number } {
  const random = randomOf(1);
  const channels = [1, 16, 32, 64, 48];
  const weightOf = (name: string, shape: number[]) => ({
    name,
    shape,
    values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.05 * gaussian(random)),
  });
  const weights = [
    ...channels.slice(1).flatMap((to, l) => [weightOf(`w${l}`, [to, channels[l], 9]), weightOf(`b${l}`, [to])]),
    weightOf('w', [48, 1]),
    weightOf('b', [1]),
  ];
  const bytes = onnxBytes({
    input: { name: 'x0', shape: [1, SIGNAL] },
    output: { name: 'answer', shape: [1] },
    weights,
    nodes: [
      ...channels.slice(1).flatMap((_, l) => [
        {
          op: 'Conv',
          inputs: [`x${l}`, `w${l}`, `b${l}`],
          output: `c${l}`,
          attributes: { kernel_shape: [9], strides: [2], pads: [4, 4] },
        },
        { op: 'Relu', inputs: [`c${l}`], output: `x${l + 1}` },
      ]),
      { op: 'GlobalAveragePool', inputs: ['x4'], output: 'pooled' },
      { op: 'Flatten', inputs: ['pooled'], output: 'flat' },
      { op: 'Gemm', inputs: ['flat', 'w', 'b'], output: 'answer' },
    ],
  });
  return { bytes, weights: weights.reduce((sum, w) => sum + w.values.length, 0) };
}

function createRequest(model: LoadedModel, width: number): Inference {
  const row = Float32Array.from({ length: width }, (_, i) => Math.sin(i));
  return () => model.predict(row, 1);
}

/** Microseconds per inference. */
async function timed(infer: Inference): Promise<number> {
  for (let i = 0; i < 20; i++) await infer();
  const begin = performance.now();
  let count = 0;
  // The clock is read only occasionally: reading it costs as much as the fastest inference.
  while (performance.now() - begin < RUN_MS) for (let i = 0; i < 10; i++, count++) await infer();
  return ((performance.now() - begin) * 1000) / count;
}

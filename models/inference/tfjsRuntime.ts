import { type LoadedModel, loadedModel, type ModelFile, type ModelRuntime, UnsupportedModel } from './modelRuntime.ts';

interface Tensor {
  data(): Promise<Float32Array>;
  dispose(): void;
}

interface TensorFlowModel {
  inputs: { shape?: (number | null)[] }[];
  outputs: { shape?: (number | null)[] }[];
  predict(input: unknown): Tensor | Tensor[];
}

/** The part of TensorFlow.js that is used, common to its packages. */
export interface TensorFlow {
  loadLayersModel(handler: unknown): Promise<TensorFlowModel>;
  loadGraphModel(handler: unknown): Promise<TensorFlowModel>;
  io: { fromMemory(artifacts: object): unknown };
  tensor(values: Float32Array, shape: number[]): unknown;
  tidy<T>(work: () => T): T;
}

/** TensorFlow.js, injected by the caller: with its native library, on WebAssembly, or in plain JavaScript. */
export class TfjsRuntime implements ModelRuntime {
  readonly name: string;
  readonly #tf: TensorFlow;

  constructor(name: string, tf: TensorFlow) {
    this.name = name;
    this.#tf = tf;
  }

  async load(file: ModelFile): Promise<LoadedModel> {
    if (file.format === 'onnx') throw new UnsupportedModel('it runs TensorFlow.js models');
    const tf = this.#tf;
    const handler = tf.io.fromMemory({ ...file.artifacts });
    const model = await (file.format === 'tfjs-graph' ? tf.loadGraphModel(handler) : tf.loadLayersModel(handler));
    if (model.inputs.length !== 1 || model.outputs.length !== 1)
      throw new Error(`${model.inputs.length} inputs and ${model.outputs.length} outputs; a model has one of each`);
    const shape = rowShape(model.inputs[0].shape);
    const inputs = shape.reduce((a, b) => a * b, 1);
    const infer = async (values: Float32Array, rows: number) => {
      const out = tf.tidy(() => model.predict(tf.tensor(values, [rows, ...shape])) as Tensor);
      const answers = await out.data();
      out.dispose();
      return answers;
    };
    // A graph does not always declare its output size.
    return loadedModel(inputs, (await infer(new Float32Array(inputs), 1)).length, infer);
  }
}

/** Shape of a row, without the leading batch dimension. @throws Error if the other dimensions are not fixed. */
export function rowShape(shape: readonly unknown[] | undefined): number[] {
  const tail = shape?.slice(1) ?? [];
  if (tail.length === 0 || !tail.every((d): d is number => typeof d === 'number' && d > 0))
    throw new Error(`its input has the shape ${JSON.stringify(shape)}; all but the first dimension must be fixed`);
  return tail;
}

import { type LoadedModel, loadedModel, type ModelFile, type ModelRuntime, UnsupportedModel } from './modelRuntime.ts';
import { rowShape } from './tfjsRuntime.ts';

interface Session {
  inputNames: readonly string[];
  outputNames: readonly string[];
  inputMetadata: readonly { shape?: readonly unknown[] }[];
  run(feeds: Record<string, unknown>): Promise<Record<string, { data: unknown }>>;
}

/** The part of `onnxruntime-node` that is used. */
export interface Onnx {
  InferenceSession: { create(bytes: Uint8Array, options: object): Promise<Session> };
  Tensor: new (type: 'float32', data: Float32Array, dims: number[]) => unknown;
}

const OPTIONS = { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' };

/** ONNX Runtime, injected by the caller. Single-threaded: an edge has other work, and results stay reproducible. */
export class OnnxRuntime implements ModelRuntime {
  readonly name = 'onnxruntime-node';
  readonly #onnx: Onnx;

  constructor(onnx: Onnx) {
    this.#onnx = onnx;
  }

  async load(file: ModelFile): Promise<LoadedModel> {
    if (file.format !== 'onnx') throw new UnsupportedModel('it runs ONNX models');
    const { InferenceSession, Tensor } = this.#onnx;
    const session = await InferenceSession.create(file.bytes, OPTIONS);
    if (session.inputNames.length !== 1 || session.outputNames.length !== 1)
      throw new Error(
        `${session.inputNames.length} inputs and ${session.outputNames.length} outputs; a model has one of each`,
      );
    const [input] = session.inputNames;
    const [output] = session.outputNames;
    const shape = rowShape(session.inputMetadata[0].shape);
    const inputs = shape.reduce((a, b) => a * b, 1);
    const infer = async (values: Float32Array, rows: number) => {
      const { data } = (await session.run({ [input]: new Tensor('float32', values, [rows, ...shape]) }))[output];
      if (!(data instanceof Float32Array)) throw new Error('its output is not float32');
      return data;
    };
    return loadedModel(inputs, (await infer(new Float32Array(inputs), 1)).length, infer);
  }
}

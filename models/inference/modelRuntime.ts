/** Weights as in TensorFlow.js: their specs, and their bytes in that order. */
interface Weights {
  weightSpecs: { name: string; shape: number[]; dtype: 'float32' | 'int32' }[];
  weightData: ArrayBuffer;
}

/** A TensorFlow.js layers model (`model.json` and its binary together). */
export interface ModelArtifacts extends Weights {
  modelTopology: unknown;
}

/** A model in one of the formats that runtimes support. */
export type ModelFile =
  | { format: 'tfjs-layers'; artifacts: ModelArtifacts }
  | { format: 'tfjs-graph'; artifacts: ModelArtifacts }
  | { format: 'onnx'; bytes: Uint8Array };

/** A model that is ready for inference. */
export interface LoadedModel {
  /** Numbers per input row, and per output row. */
  readonly inputs: number;
  readonly outputs: number;
  /**
   * @param values `rows` contiguous rows of `inputs` numbers.
   * @returns `rows` contiguous rows of `outputs` numbers.
   * @throws RangeError if `values` has another length.
   */
  predict(values: Float32Array, rows: number): Promise<Float32Array>;
}

/** Runs models. All runtimes give the same outputs within 1e-5 (models/inference/runtimeChecks.ts). */
export interface ModelRuntime {
  readonly name: string;
  /** @throws UnsupportedModel if another runtime is needed; Error that describes what is wrong with the model. */
  load(file: ModelFile): Promise<LoadedModel>;
}

/**
 * A model whose inputs are checked before each prediction.
 * @param outputs numbers per row.
 */
export function loadedModel(
  inputs: number,
  outputs: number,
  infer: (values: Float32Array, rows: number) => Promise<Float32Array>,
): LoadedModel {
  return {
    inputs,
    outputs,
    predict: async (values, rows) => {
      checkInput(values, rows, inputs);
      return rows === 0 ? new Float32Array(0) : infer(values, rows);
    },
  };
}

/** A model that this runtime cannot run, but another one may. */
export class UnsupportedModel extends Error {}

/**
 * Checks the input of a prediction.
 * @throws RangeError if `values` does not hold `rows` rows of `inputs` numbers.
 */
export function checkInput(values: Float32Array, rows: number, inputs: number): void {
  if (values.length !== rows * inputs)
    throw new RangeError(`${values.length} inputs for ${rows} rows where the model has ${inputs} a row`);
}

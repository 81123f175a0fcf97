/** Weights as TensorFlow.js keeps them: their specs, and their bytes in that order. */
interface Weights {
  weightSpecs: { name: string; shape: number[]; dtype: 'float32' | 'int32' }[];
  weightData: ArrayBuffer;
}

/** A network as TensorFlow.js' layers keep it (`model.json` and its binary, together). */
export interface ModelArtifacts extends Weights {
  modelTopology: unknown;
}

/** A model in one of the formats that a runtime may know. */
export type ModelFile =
  | { format: 'tfjs-layers'; artifacts: ModelArtifacts }
  | { format: 'tfjs-graph'; artifacts: ModelArtifacts }
  | { format: 'onnx'; bytes: Uint8Array };

/** A model that is ready to answer. */
export interface LoadedModel {
  /** Numbers that a row has, and that an answer has. */
  readonly inputs: number;
  readonly outputs: number;
  /**
   * @param values `rows` rows of `inputs` numbers, one behind the other.
   * @returns `rows` answers of `outputs` numbers, one behind the other.
   * @throws RangeError where `values` are not as many.
   */
  predict(values: Float32Array, rows: number): Promise<Float32Array>;
}

/** What runs models. Every runtime gives the same answers within 1e-5 (models/inference/runtimeChecks.ts). */
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
  ask: (values: Float32Array, rows: number) => Promise<Float32Array>,
): LoadedModel {
  return {
    inputs,
    outputs,
    predict: async (values, rows) => {
      checkInput(values, rows, inputs);
      return rows === 0 ? new Float32Array(0) : ask(values, rows);
    },
  };
}

/** A model that this runtime does not run, though another one may. */
export class UnsupportedModel extends Error {}

/**
 * Checks the input of a prediction.
 * @throws RangeError where `values` are not `rows` rows of `inputs` numbers.
 */
export function checkInput(values: Float32Array, rows: number, inputs: number): void {
  if (values.length !== rows * inputs)
    throw new RangeError(`${values.length} inputs for ${rows} rows where the model has ${inputs} a row`);
}

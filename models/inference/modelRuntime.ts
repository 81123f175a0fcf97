/** A trained network as TensorFlow.js keeps it: a layers topology, the specs of its weights, and their bytes in order. */
export interface ModelArtifacts {
  modelTopology: unknown;
  weightSpecs: { name: string; shape: number[]; dtype: 'float32' }[];
  weightData: ArrayBuffer;
}

/** A model that is ready to answer: one number for each row. */
export interface LoadedModel {
  predict(rows: readonly Float64Array[]): number[];
}

/** What runs models. Every runtime gives the same answers within 1e-5 (models/inference/runtimeChecks.ts). */
export interface ModelRuntime {
  readonly name: string;
  /** @throws Error that says what of the model it cannot run. */
  load(artifacts: ModelArtifacts): Promise<LoadedModel>;
}

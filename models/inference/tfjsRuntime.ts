import type { LoadedModel, ModelArtifacts, ModelRuntime } from './modelRuntime.ts';

/** What is used of TensorFlow.js, whichever of its packages it comes from. */
export interface TensorFlow {
  loadLayersModel(handler: unknown): Promise<{ predict(input: unknown): unknown }>;
  io: { fromMemory(artifacts: object): unknown };
  tensor2d(values: Float32Array, shape: [number, number]): unknown;
  tidy<T>(work: () => T): T;
}

/** TensorFlow.js, handed in by whoever found it: `@tensorflow/tfjs-node` where it is installed and works. */
export class TfjsRuntime implements ModelRuntime {
  readonly name: string;
  readonly #tf: TensorFlow;

  constructor(name: string, tf: TensorFlow) {
    this.name = name;
    this.#tf = tf;
  }

  async load(artifacts: ModelArtifacts): Promise<LoadedModel> {
    const tf = this.#tf;
    const model = await tf.loadLayersModel(tf.io.fromMemory({ ...artifacts }));
    return {
      predict: (rows) => {
        if (rows.length === 0) return [];
        const width = rows[0].length;
        const all = new Float32Array(rows.length * width);
        for (const [i, row] of rows.entries()) all.set(row, i * width);
        return tf.tidy(() => {
          const out = model.predict(tf.tensor2d(all, [rows.length, width])) as { dataSync(): Float32Array };
          return Array.from(out.dataSync());
        });
      },
    };
  }
}

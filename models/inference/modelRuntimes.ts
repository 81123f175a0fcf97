import { DenseRuntime } from './denseRuntime.ts';
import { type LoadedModel, type ModelFile, type ModelRuntime, UnsupportedModel } from './modelRuntime.ts';
import { type Onnx, OnnxRuntime } from './onnxRuntime.ts';
import { type TensorFlow, TfjsRuntime } from './tfjsRuntime.ts';

/**
 * Loads a model on the first available runtime that supports it, fastest first (docs/decisions/0005-inference.md): one
 * machine always chooses the same runtime, so results are reproducible. Libraries are loaded on demand.
 * @throws Error with the reason of each runtime.
 */
export async function loadModel(file: ModelFile): Promise<{ model: LoadedModel; runtime: string }> {
  const reasons: string[] = [];
  for (const find of [async () => new DenseRuntime(), tfjsNode, tfjs, onnx]) {
    const runtime = await find();
    if (typeof runtime === 'string') reasons.push(runtime);
    else
      try {
        return { model: await runtime.load(file), runtime: runtime.name };
      } catch (error) {
        if (!(error instanceof UnsupportedModel)) throw error;
        reasons.push(`${runtime.name}: ${error.message}`);
      }
  }
  throw new Error(`no runtime here runs this ${file.format} model (${reasons.join('; ')})`);
}

/** TensorFlow.js with its native library, or why it is unavailable. */
export async function tfjsNode(): Promise<ModelRuntime | string> {
  try {
    // tfjs-node calls a function that Node 23 removed.
    const util = globalThis.process?.getBuiltinModule('util') as unknown as Record<string, unknown> | undefined;
    if (util) util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
    return new TfjsRuntime('tfjs-node', (await optional('@tensorflow/tfjs-node')) as TensorFlow);
  } catch (error) {
    return `tfjs-node: ${why(error)}`;
  }
}

/** TensorFlow.js on WebAssembly, else on plain JavaScript, or why it is unavailable. */
export async function tfjs(): Promise<ModelRuntime | string> {
  try {
    const tf = (await optional('@tensorflow/tfjs')) as TensorFlow & {
      setBackend(name: string): Promise<boolean>;
      env(): { set(flag: string, value: unknown): void };
    };
    const backend = (await optional('@tensorflow/tfjs-backend-wasm').catch(() => null)) as {
      setThreadsCount(count: number): void;
    } | null;
    backend?.setThreadsCount(1);
    const wasm = backend !== null && (await tf.setBackend('wasm'));
    if (!wasm) await tf.setBackend('cpu');
    return new TfjsRuntime(wasm ? 'tfjs-wasm' : 'tfjs-cpu', tf);
  } catch (error) {
    return `tfjs: ${why(error)}`;
  }
}

/** ONNX Runtime, or why it is unavailable. */
export async function onnx(): Promise<ModelRuntime | string> {
  try {
    return new OnnxRuntime((await optional('onnxruntime-node')) as Onnx);
  } catch (error) {
    return `onnxruntime-node: ${why(error)}`;
  }
}

/** Imports an optional package; its name is not a literal, so that the compiler and bundlers do not require it. */
async function optional(name: string): Promise<unknown> {
  const module = (await import(name)) as { default?: object };
  return { ...module.default, ...module };
}

function why(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code === 'ERR_MODULE_NOT_FOUND' ? 'not installed' : (message ?? String(error)).split('\n')[0];
}

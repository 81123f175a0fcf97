import type { ModelRuntime } from '#models/inference/modelRuntime.ts';
import type { TensorFlow } from '#models/inference/tfjsRuntime.ts';

/** TensorFlow.js with its native library where that is installed and works, plain TypeScript otherwise; said either way. */
export async function modelRuntime(say: (line: string) => void): Promise<ModelRuntime> {
  const { PlainRuntime } = await import('#models/inference/plainRuntime.ts');
  try {
    // tfjs-node calls a function that Node 23 took away.
    const util = (await import('node:util')).default as unknown as Record<string, unknown>;
    util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
    const name = '@tensorflow/tfjs-node';
    const tf = (await import(name)) as TensorFlow;
    const { TfjsRuntime } = await import('#models/inference/tfjsRuntime.ts');
    say('models run on tfjs-node');
    return new TfjsRuntime('tfjs-node', tf);
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    const why = code === 'ERR_MODULE_NOT_FOUND' ? 'not installed' : (message ?? String(error)).split('\n')[0];
    say(`models run on the plain runtime (tfjs-node: ${why})`);
    return new PlainRuntime();
  }
}

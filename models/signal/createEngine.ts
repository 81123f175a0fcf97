import { KernelEngine } from './kernelEngine.ts';
import { PlainEngine } from './plainEngine.ts';
import type { SpectralEngine } from './spectralEngine.ts';

/** /** The WebAssembly kernel if supported, plain TypeScript otherwise. `length`: a power of two, 256 to 65,536. */
export function createEngine(length: number): SpectralEngine {
  return KernelEngine.supported() ? new KernelEngine(length) : new PlainEngine(length);
}

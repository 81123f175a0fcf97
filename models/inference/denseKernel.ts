import { fromBase64 } from './base64.ts';
import { KERNEL_BASE64 } from './kernel/dense.gen.ts';

/** Exports of `kernel/dense.as.ts`. */
export interface DenseKernel {
  freeFrom(): number;
  run(
    plan: number,
    layers: number,
    rows: number,
    input: number,
    output: number,
    outputs: number,
    a: number,
    b: number,
  ): void;
  product(matrix: number, vector: number, output: number, blocks: number, columns: number): void;
}

const PAGE = 65_536;
const ALIGNED = 16;
let compiled: WebAssembly.Module | null = null;

/** The kernel with its own memory; allocations are consecutive. */
export class KernelMemory {
  readonly kernel: DenseKernel;
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  #size: number;

  constructor() {
    // Compiled once, however many memories there are.
    compiled ??= new WebAssembly.Module(fromBase64(KERNEL_BASE64));
    const imports = { env: { memory: this.#memory, abort } };
    this.kernel = new WebAssembly.Instance(compiled, imports).exports as unknown as DenseKernel;
    this.#size = this.kernel.freeFrom();
  }

  /** Allocates bytes and returns their offset. Read `buffer` only after the last allocation. */
  place(bytes: number): number {
    const at = (this.#size + ALIGNED - 1) & -ALIGNED;
    this.#size = at + bytes;
    const lacking = Math.ceil((this.#size - this.#memory.buffer.byteLength) / PAGE);
    if (lacking > 0) this.#memory.grow(lacking);
    return at;
  }

  get buffer(): ArrayBuffer {
    return this.#memory.buffer;
  }
}

function abort(): never {
  throw new Error('the dense kernel stopped');
}

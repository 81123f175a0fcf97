import { KernelMemory } from './denseKernel.ts';

/** Rows per block in the matrix layout of `kernel/dense.as.ts`. */
const BLOCK = 8;
const BYTES = Float64Array.BYTES_PER_ELEMENT;

/**
 * A matrix to multiply many vectors with, in WebAssembly with 128-bit SIMD: two rows at a time, each summed in the
 * order of a plain loop, so that results are bit-identical.
 */
export class MatrixProduct {
  readonly #vector: Float64Array;
  readonly #output: Float64Array;
  readonly #run: () => void;

  /** @param rows of `columns` numbers each. */
  constructor(rows: readonly ArrayLike<number>[], columns: number) {
    const memory = new KernelMemory();
    const blocks = Math.ceil(rows.length / BLOCK);
    const matrix = memory.place(BYTES * BLOCK * blocks * columns);
    const vector = memory.place(BYTES * columns);
    const output = memory.place(BYTES * BLOCK * blocks);
    const cells = new Float64Array(memory.buffer, matrix, BLOCK * blocks * columns);
    rows.forEach((row, r) => {
      const from = (r - (r % BLOCK)) * columns + (r % BLOCK);
      for (let c = 0; c < columns; c++) cells[from + c * BLOCK] = row[c];
    });
    this.#vector = new Float64Array(memory.buffer, vector, columns);
    this.#output = new Float64Array(memory.buffer, output, rows.length);
    this.#run = () => memory.kernel.product(matrix, vector, output, blocks, columns);
  }

  /** @returns an array that the next call overwrites. */
  times(vector: ArrayLike<number>): Float64Array {
    this.#vector.set(vector);
    this.#run();
    return this.#output;
  }
}

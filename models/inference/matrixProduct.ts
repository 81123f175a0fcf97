import { KernelMemory } from './denseKernel.ts';

/** As `kernel/dense.as.ts` takes a matrix: so many rows side by side. */
const BLOCK = 8;
const BYTES = Float64Array.BYTES_PER_ELEMENT;

/**
 * A matrix that many vectors are multiplied with, in WebAssembly with 128-bit SIMD: two rows at a time, each with the sums
 * of a plain loop, so that results are the same to the bit.
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

  /** @returns the product's own array, which the next product overwrites. */
  times(vector: ArrayLike<number>): Float64Array {
    this.#vector.set(vector);
    this.#run();
    return this.#output;
  }
}

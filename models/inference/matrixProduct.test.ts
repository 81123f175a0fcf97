import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { MatrixProduct } from './matrixProduct.ts';

test.each([
  [1, 1],
  [7, 3],
  [8, 8],
  [20, 150],
  [150, 150],
])('%i rows of %i columns equal the sums of a plain loop, bit for bit', (rows, columns) => {
  const random = randomOf(rows);
  const vectorOf = () => Float64Array.from({ length: columns }, () => random() - 0.5);
  const matrix = Array.from({ length: rows }, vectorOf);
  const product = new MatrixProduct(matrix, columns);
  for (const vector of [vectorOf(), vectorOf()]) {
    const plain = matrix.map((row) => row.reduce((sum, v, i) => sum + v * vector[i], 0));
    expect(Array.from(product.times(vector))).toEqual(plain);
  }
});

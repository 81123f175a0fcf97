import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FeatureRows, type RowMeta } from './featureRows.ts';

const meta: RowMeta = { asset: 'a', point: 'p', unit: 'g', windowUs: 1e6, names: ['rms'] };

function sent(value: number): number {
  const rows = new FeatureRows();
  rows.add(meta, 'source', 0, [value]);
  return rows.take()[0].values[0][0];
}

test.each([
  [0, 0],
  [0.123456789, 0.1234568],
  [-98765432.1, -98765430],
  [1.23456789e-30, 1.234568e-30],
  [5e-324, 5e-324],
])('%d is sent as %d', (value, expected) => {
  expect(sent(value)).toBe(expected);
});

test('any value sent is within single precision of the measured one, in a short text', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (value) => {
      const rounded = sent(value);
      const digits = JSON.stringify(rounded)
        .replace(/e.*$|[-.]/g, '')
        .replace(/^0+|0+$/g, '');
      expect(Math.abs(rounded - value)).toBeLessThanOrEqual(5.1e-7 * Math.abs(value));
      expect(digits.length).toBeLessThanOrEqual(7);
    }),
  );
});

test('rows of one shape and one quality share a message', () => {
  const rows = new FeatureRows();
  rows.add(meta, 'source', 0, [1]);
  rows.add(meta, 'source', 1e6, [2]);
  rows.add(meta, 'received', 2e6, [3]);
  expect(rows.take().map((body) => body.values)).toEqual([[[1], [2]], [[3]]]);
  expect(rows.take()).toEqual([]);
});

test('a slow value keeps all its digits: it may be a counter', () => {
  const rows = new FeatureRows('double');
  rows.add(meta, 'source', 0, [1_234_567_891]);
  expect(rows.take()[0].values).toEqual([[1_234_567_891]]);
});

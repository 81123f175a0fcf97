import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromExactJson, toExactJson } from './exactJson.ts';

const there = (value: unknown) => fromExactJson(JSON.parse(JSON.stringify(toExactJson(value))));

test('numbers of a state survive JSON bit for bit', () => {
  const numbers = fc.double();
  const leaf = fc.oneof(numbers, fc.string(), fc.constant(null), fc.boolean(), fc.float64Array());
  const state = fc.letrec((tie) => ({
    node: fc.oneof(
      leaf,
      fc.array(tie('node')),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie('node'), { noNullPrototype: true }),
    ),
  })).node;
  fc.assert(
    fc.property(state, (value) => {
      // Restores NaN and −0, too.
      expect(there(value)).toStrictEqual(value);
    }),
    { numRuns: 200 },
  );
  expect(Object.is(there(-0), -0)).toBe(true);
});

test('only the viewed part of a larger array is stored, undefined fields are left out, and damaged base64 is an error', () => {
  expect(there(Float64Array.of(1, 2, 3).subarray(1))).toStrictEqual(Float64Array.of(2, 3));
  expect(there(new Float64Array(5000).fill(Number.NaN))).toStrictEqual(new Float64Array(5000).fill(Number.NaN));
  expect(there({ a: undefined, b: 1 })).toStrictEqual({ b: 1 });
  expect(() => fromExactJson({ $float64: btoa('12345') })).toThrow('5 bytes');
});

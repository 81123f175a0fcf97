import { expect, test } from 'vitest';
import { shareOf } from './wilson.ts';

test('shares have Wilson’s interval', () => {
  // Newcombe, Statistics in Medicine 17 (1998), table I: 15 of 148 and 0 of 20.
  expect(shareOf(15, 148)).toMatchObject({ low: expect.closeTo(0.0624, 4), high: expect.closeTo(0.1605, 4) });
  expect(shareOf(0, 20)).toMatchObject({ low: 0, high: expect.closeTo(0.1611, 4) });
  expect(shareOf(0, 0)).toEqual({ count: 0, of: 0 });
});

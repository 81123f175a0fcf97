import { expect, test } from 'vitest';
import { findOverlaps } from './overlaps.ts';

test.each([
  ['{asset}/{point}', 'pump/temperature', true],
  ['plant/#', 'plant/{asset}/temperature', true],
  ['plant/#', 'plant/{asset}/#', true],
  ['plant/pump', 'plant/{asset}', false],
  ['plant/{asset}/temperature', 'plant/pump/{point}', false],
  ['plant/{asset}/#', 'plant/#', false],
])('%s and then %s', (first, second, isHidden) => {
  expect(findOverlaps([first, second])).toEqual([{ first: 0, second: 1, isHidden }]);
});

test('topics that share no message', () => {
  expect(findOverlaps(['a/{point}', 'b/{point}', 'a/{asset}/{point}', 'a', '+/x/y/z'])).toEqual([]);
});

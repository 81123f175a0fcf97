import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test.each([
  ['hots', 'host'],
  ['HOST', 'host'],
  ['passwordfile', 'passwordFile'],
  ['pasword', null],
  ['xyz', null],
  ['x', null],
])('%s may mean %s', (given, meant) => {
  expect(nearest(given, ['port', 'host', 'passwordFile'])).toBe(meant);
});

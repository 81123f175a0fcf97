import { expect, test } from 'vitest';
import { matchesName } from './matchesName.ts';

test.each([
  ['pump-1', ['pump-1'], ['pump-12', 'xpump-1', '']],
  ['pump-*', ['pump-1', 'pump-', 'pump-*'], ['pump', 'xpump-1']],
  ['*-a', ['pump-a', '-a', 'a-a-a'], ['pump-ab', 'a']],
  ['a*b*c', ['abc', 'aXbYc', 'abbcc', 'abcbc'], ['acb', 'ab', 'bc']],
  ['ab*ba', ['abba', 'abxba'], ['aba', 'ab']],
  ['*', ['', 'anything'], []],
  ['**', ['', 'x'], []],
  ['a.b[c]*', ['a.b[c]', 'a.b[c]d'], ['aXb[c]', 'a.bc']],
])('%s', (pattern, fitting, others) => {
  for (const name of fitting) expect(matchesName(pattern, name), name).toBe(true);
  for (const name of others) expect(matchesName(pattern, name), name).toBe(false);
});

test('a pattern of many parts is fast on a name that nearly matches', () => {
  const startMs = performance.now();
  for (let i = 0; i < 1000; i++) expect(matchesName(`${'*a'.repeat(31)}*b`, 'a'.repeat(64))).toBe(false);
  expect(performance.now() - startMs).toBeLessThan(2000);
});

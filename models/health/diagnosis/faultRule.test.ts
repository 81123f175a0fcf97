import { expect, test } from 'vitest';
import { atLeast, atLeastCount, atMost, candidate, mm, rss, share } from './faultRule.ts';

test('a condition is met in proportion, at most threefold', () => {
  expect(atLeast('a', 3, 2)).toEqual({ text: 'a', met: 1.5 });
  expect(atLeast('a', 100, 2).met).toBe(3);
  expect(atLeast('a', 1, 0).met).toBe(3);
  expect(atMost('a', 1, 2).met).toBe(2);
  expect(atMost('a', 4, 2).met).toBe(0.5);
  expect(atMost('a', 0, 2).met).toBe(3);
});

test('a count that is reached is fully met', () => {
  expect(atLeastCount('a', 2, 4).met).toBe(0.5);
  expect(atLeastCount('a', 4, 4).met).toBe(3);
});

test('a candidate has the score of its weakest condition, and a reason for each condition', () => {
  const conditions = [
    { text: 'just met', met: 1 },
    { text: 'not met', met: 0.66666 },
    { text: 'met', met: 3 },
  ];
  expect(candidate('gear', 2, conditions, 'wear')).toEqual({
    fault: 'gear',
    mode: 'wear',
    score: 0.667,
    velocityMmPerS: 2,
    explains: 0,
    reasons: ['for: just met', 'against: not met', 'for: met'],
    stage: 1,
    called: false,
  });
  expect(candidate('rub', 0, conditions)).not.toHaveProperty('mode');
});

test('texts and sums', () => {
  expect(rss([3, 4])).toBe(5);
  expect(mm(1.234)).toBe('1.23 mm/s');
  expect(share(1, 4)).toBe('25 %');
  expect(share(0, 0)).toBe('0 %');
});

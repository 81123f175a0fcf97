import { expect, test } from 'vitest';
import { ServerChoice } from './serverChoice.ts';

test('a lost server is replaced by the next, and after the last by the first', () => {
  const choice = new ServerChoice(['a', 'b']);
  expect(choice.endpoint).toBe('a');
  expect(choice.take(255)).toBe(true);
  choice.leave();
  expect(choice.endpoint).toBe('b');
  choice.leave();
  expect(choice.endpoint).toBe('a');
});

test('a healthy server is preferred; if there is none, the best of all is used', () => {
  const choice = new ServerChoice(['a', 'b', 'c']);
  expect(choice.take(100)).toBe(false);
  expect(choice.endpoint).toBe('b');
  expect(choice.take(220)).toBe(true);
  const poor = new ServerChoice(['a', 'b', 'c']);
  expect(poor.take(150)).toBe(false);
  poor.leave();
  expect(poor.endpoint).toBe('c');
  expect(poor.take(20)).toBe(false);
  expect(poor.endpoint).toBe('a');
  expect(poor.take(150)).toBe(true);
});

test('the only server is used at any level', () => {
  const choice = new ServerChoice(['a']);
  expect(choice.hasOthers).toBe(false);
  expect(choice.take(0)).toBe(true);
  choice.leave();
  expect(choice.endpoint).toBe('a');
});

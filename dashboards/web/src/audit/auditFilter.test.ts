import { expect, test } from 'vitest';
import { addressOf, detailLines, requestOf, searchIn } from './auditFilter.ts';

const ALL = { who: '', what: '', subject: '', from: '', to: '' };

test('a search with any characters round-trips through the address', () => {
  const search = { ...ALL, who: 'Ann & Bo?', subject: 'pump#1/ü', from: '2026-11-28' };
  expect(searchIn(addressOf(search))).toEqual(search);
  expect(addressOf(ALL)).toBe('#/audit');
  expect(searchIn('#/audit')).toEqual(ALL);
});

test('days are in the reader’s time zone, and the last day is included', () => {
  const { fromMs, toMs } = requestOf({ ...ALL, from: '2026-11-28', to: '2026-11-28' });
  expect(fromMs).toBe(new Date(2026, 10, 28).getTime());
  expect(toMs).toBe(new Date(2026, 10, 29).getTime());
  expect(requestOf(ALL)).toMatchObject({ fromMs: undefined, toMs: undefined });
  expect(requestOf({ ...ALL, what: 'remove from service ' }).what).toBe('remove_from_service');
});

test('details that are JSON are split into values; others stay text', () => {
  expect(detailLines(null)).toEqual([]);
  expect(detailLines('worn seal')).toEqual(['worn seal']);
  expect(detailLines('5')).toEqual(['5']);
  expect(detailLines('{"action":"assign","to":"Bob","more":{"a":1}}')).toEqual(['to: Bob', 'more: {"a":1}']);
});

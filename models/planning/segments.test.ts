import { expect, test } from 'vitest';
import { segmentsOf } from './segments.ts';

const place = (item: string, history: number[], unitCost = 1) => ({
  item,
  site: '',
  history,
  facts: { item, unit_cost: unitCost },
});
const steady = (units: number) => new Array<number>(12).fill(units);
/** Coefficients of variation 0.75, and √11 of one demand in twelve months. */
const varying = (units: number) => Array.from({ length: 12 }, (_, i) => units * (i % 2 === 0 ? 0.25 : 1.75));
const rare = (units: number) => [12 * units, ...new Array<number>(11).fill(0)];

test('value decides on A, B and C; variation on X, Y and Z', () => {
  const places = [
    place('c', rare(5)),
    place('a1', steady(6), 10),
    place('b', varying(16)),
    place('a2', varying(25)),
    place('none', []),
  ];
  // 60, 25, 16 and 5 a month: 57 %, 80 %, 95 % of the value are before the second, third and fourth.
  expect(Object.fromEntries(segmentsOf(places, 'month'))).toEqual({
    'a1\t': 'AX',
    'a2\t': 'AY',
    'b\t': 'BY',
    'c\t': 'CZ',
    'none\t': 'CZ',
  });
});

test('the newest year counts', () => {
  const grown = place('grown', [...steady(0), ...steady(50)]);
  const ended = place('ended', [...steady(500), ...steady(0)]);
  expect(Object.fromEntries(segmentsOf([grown, ended], 'month'))).toEqual({ 'grown\t': 'AX', 'ended\t': 'CZ' });
});

test('without any demand all are C', () => {
  expect([...segmentsOf([place('a', steady(0))], 'month').values()]).toEqual(['CZ']);
});

test('a value on a limit', () => {
  // 80 % of the value lie before the second item, 95 % before the third.
  const places = [place('a', steady(80)), place('b', steady(15)), place('c', steady(5))];
  expect(Object.fromEntries(segmentsOf(places, 'month'))).toEqual({ 'a\t': 'AX', 'b\t': 'BX', 'c\t': 'CX' });
  const alternating = (low: number, high: number) => Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? low : high));
  const variation = (low: number, high: number) => [
    ...segmentsOf([place('a', alternating(low, high))], 'month').values(),
  ];
  expect(variation(1, 3)).toEqual(['AX']);
  expect(variation(0, 2)).toEqual(['AY']);
});

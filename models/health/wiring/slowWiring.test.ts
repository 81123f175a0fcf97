import { expect, test } from 'vitest';
import type { Unit } from '#models/contracts/units.ts';
import { isSwappedWithSpeed, mainsOf, slowWiring } from './slowWiring.ts';

const RATED = 1480;
const look = (mean: number, unit: Unit, role: 'speed' | 'load' | 'condition', sd = 0.3) => ({ mean, sd, unit, role });
const kinds = (mean: number, unit: Unit, role: 'speed' | 'load' | 'condition', hasLines = true) =>
  slowWiring(look(mean, unit, role), RATED, hasLines, true).map((f) => f.kind);

test.each([
  [1475, 'rpm', 'speed', []],
  [740, 'rpm', 'speed', []],
  [24.6, 'rpm', 'speed', ['wrong_scale']],
  [155, 'rpm', 'speed', ['wrong_scale']],
  [-1475, 'rpm', 'speed', ['inverted_axis']],
  [88_800, 'rpm', 'speed', ['wrong_scale']],
  [55, 'degC', 'condition', []],
  [-18, 'degC', 'condition', []],
  [328, 'degC', 'condition', ['wrong_scale']],
  // A hot service, or a cold machine in kelvin: the level does not distinguish them.
  [300, 'degC', 'condition', []],
  [390, 'degC', 'condition', []],
  [-55, 'degC', 'condition', ['inverted_axis']],
  [-0.6, 'bar', 'condition', []],
  [-7, 'bar', 'condition', ['inverted_axis']],
  [-60, 'A', 'load', ['inverted_axis']],
] as const)('%d %s of role %s: %o', (mean, unit, role, expected) => {
  expect(kinds(mean, unit, role)).toEqual(expected);
});

test.each([
  [300, 350, []],
  [328, 90, ['wrong_scale']],
  [-55, -30, []],
  [-55, 90, ['inverted_axis']],
] as const)('%d °C with a limit of %d °C: %o', (mean, limit, expected) => {
  const found = slowWiring({ ...look(mean, 'degC', 'condition'), limit }, RATED, true, true);
  expect(found.map((f) => f.kind)).toEqual(expected);
});

test('a tenth of the rated speed is plausible unless there are lines at the rated one', () => {
  expect(kinds(155, 'rpm', 'speed', false)).toEqual([]);
});

test('zero current while the machine runs is a dead channel; a constant one is left to data quality', () => {
  expect(slowWiring(look(0.01, 'A', 'load', 0.02), RATED, true, true)[0].kind).toBe('dead_channel');
  expect(slowWiring(look(0.01, 'A', 'load', 0.02), RATED, false, false)).toEqual([]);
  expect(slowWiring(look(0, 'A', 'load', 0), RATED, true, true)).toEqual([]);
});

test('speed and current exchanged', () => {
  expect(isSwappedWithSpeed(look(65, 'rpm', 'speed'), look(1475, 'A', 'load'), RATED)).toBe(true);
  expect(isSwappedWithSpeed(look(1475, 'rpm', 'speed'), look(65, 'A', 'load'), RATED)).toBe(false);
});

test('the mains frequency at which a motor’s slip is plausible', () => {
  expect(mainsOf(1465, 1480, 4, 60)).toBe(50);
  expect(mainsOf(1465, 1480, 4, 50)).toBeNull();
  // Above synchronous speed: a converter drives it.
  expect(mainsOf(1780, 1780, 4, 50)).toBeNull();
  // Neither fits.
  expect(mainsOf(1100, 1100, 4, 60)).toBeNull();
});

import { expect, test } from 'vitest';
import { convert, converted } from './units.ts';

test('a velocity is shown in mm/s or in/s, independently of the measured unit', () => {
  const inches = converted('mm/s', 'in/s');
  expect(inches.text).toBe('in/s');
  expect(convert(inches, 25.4)).toBeCloseTo(1, 12);
  const millimetres = converted('in/s', 'mm/s');
  expect(millimetres.text).toBe('mm/s');
  expect(convert(millimetres, 1)).toBeCloseTo(25.4, 12);
});

test('a temperature is shown in °F; differences and amplitudes are scaled without the offset', () => {
  const shown = converted('degC', 'degF');
  expect(shown.text).toBe('°F');
  expect(convert(shown, 100)).toBe(212);
  expect(convert(shown, -40)).toBe(-40);
  expect(shown.scale * 10).toBe(18);
});

test('other units, and units without a choice, are shown as measured', () => {
  expect(converted('mm/s', '')).toEqual({ text: 'mm/s', scale: 1, offset: 0 });
  expect(converted('degC', 'degC')).toEqual({ text: '°C', scale: 1, offset: 0 });
  expect(converted('g', 'in/s')).toEqual({ text: 'g', scale: 1, offset: 0 });
});

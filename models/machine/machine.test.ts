import { expect, test } from 'vitest';
import { factorsOf } from './bearing.ts';
import { isoVerdict } from './iso20816.ts';

test('the factors of an SKF 6205 follow from its geometry (CWRU Bearing Data Center)', () => {
  const inch = 25.4;
  const factors = factorsOf({
    rollingElements: 9,
    elementDiameterMm: 0.3126 * inch,
    pitchDiameterMm: 1.537 * inch,
    contactAngleDeg: 0,
  });
  expect(factors.bpfo).toBeCloseTo(3.5848, 3);
  expect(factors.bpfi).toBeCloseTo(5.4152, 3);
  expect(factors.bsf).toBeCloseTo(2.357, 3);
  expect(factors.ftf).toBeCloseTo(0.3983, 3);
});

test('a value on a limit belongs to the lower zone', () => {
  const zone = (v: number) => isoVerdict({ group: 2, foundation: 'rigid' }, v).zone;
  expect([0, 1.4, 1.41, 2.8, 2.81, 4.5, 4.51].map(zone)).toEqual(['A', 'A', 'B', 'B', 'C', 'C', 'D']);
  expect(isoVerdict({ group: 1, foundation: 'flexible' }, 11).zone).toBe('C');
  expect(isoVerdict({ group: 1, foundation: 'flexible' }, 11).edition).toContain('20816-3');
});

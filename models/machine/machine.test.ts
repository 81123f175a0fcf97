import { expect, test } from 'vitest';
import { factorsOf } from './bearing.ts';
import { DERIVED, deriveBearing } from './bearingSeries.ts';
import { BEARINGS, findBearing } from './bearingTable.ts';
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

test('derived geometry matches the ball counts of published bearings, and their orders within its tolerance', () => {
  const compared = BEARINGS.flatMap((b) => {
    const derived = deriveBearing(b.designation);
    return derived ? [{ b, derived, exact: factorsOf(b), found: factorsOf(derived) }] : [];
  });
  expect(compared.map((c) => c.b.designation)).toEqual([
    'SKF 6205-2RS JEM',
    'SKF 6203-2RS JEM',
    'LDK UER204',
    'NSK 6804DD',
  ]);
  for (const { b, derived, exact, found } of compared) {
    expect(derived.rollingElements).toBe(b.rollingElements);
    for (const order of ['bpfo', 'bpfi', 'ftf'] as const)
      expect(Math.abs(found[order] / exact[order] - 1)).toBeLessThan(0.01);
    expect(Math.abs(found.bsf / exact.bsf - 1)).toBeLessThan(derived.tolerance + 0.015);
  }
});

test('designations are matched as typed; published geometry takes precedence; other series are unknown', () => {
  expect(DERIVED.size).toBeGreaterThanOrEqual(500);
  expect(findBearing('6205')).toMatchObject({ tolerance: 0, bearing: { designation: 'SKF 6205-2RS JEM' } });
  expect(findBearing('FAG 6308-2RSR-C3')).toMatchObject({
    tolerance: 0.04,
    bearing: { designation: '6308', pitchDiameterMm: 65, source: 'derived from 40 × 90 mm, ISO 15' },
  });
  expect(findBearing('uc 206')).toMatchObject({ bearing: { designation: 'UC206' }, tolerance: 0.02 });
  expect(findBearing('608ZZ')?.bearing).toMatchObject({ rollingElements: 7, pitchDiameterMm: 15 });
  for (const other of ['NU 308', '7308 B', '22212 E', '51108', '6', '21', '']) expect(findBearing(other)).toBeNull();
});

test('insert bearings with the outer ring of a larger code, or in no catalogue, have no derived geometry', () => {
  for (const absent of ['UC201', 'UC203', 'UC304', 'UK204']) expect(findBearing(absent)).toBeNull();
  for (const present of ['UC204', 'UC305', 'UK205']) expect(findBearing(present)).not.toBeNull();
});

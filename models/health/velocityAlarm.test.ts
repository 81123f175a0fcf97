import { expect, test } from 'vitest';
import { velocityIndex, withVelocity } from './velocityAlarm.ts';

const small = { group: 2, foundation: 'rigid' } as const;
const at = (value: number, normal: number, isoClass: Parameters<typeof velocityIndex>[1] = small) =>
  velocityIndex({ feature: 'velocityRmsMmPerS', value, normal }, isoClass, 0.4);

test('the alarm is at a change of a quarter of zone B’s limit from the machine’s baseline', () => {
  expect(at(1.7, 1)).toBeCloseTo(1, 9);
  expect(at(1, 1)).toBeCloseTo(0.4, 9);
  expect(at(0.5, 1)).toBeLessThan(0.2);
  expect(at(4, 1)).toBeGreaterThan(2.5);
});

test('a machine that was rough during learning still alarms above 1.25 of the limit', () => {
  expect(at(3.5, 4)).toBeCloseTo(1, 9);
  expect(at(4, 4)).toBeGreaterThan(1.1);
});

test('agreed limits apply', () => {
  expect(at(3, 1, { ...small, limitsMmPerS: [4, 8, 12] })).toBeCloseTo(1, 9);
});

test('without a class only a change that matters in every class counts, and none on an inherently rough machine', () => {
  const index = (value: number, normal: number) => {
    const contributions = [{ feature: 'velocityRmsMmPerS', value, normal }];
    const score = withVelocity({ assessable: true, index: 0.4, contributions }, undefined, 0.4);
    return score.assessable ? score.index : 0;
  };
  expect(index(1 + 7.1 / 4, 1)).toBeCloseTo(1, 9);
  expect(index(1.5, 1)).toBeLessThan(1);
  expect(index(20, 10)).toBeLessThan(1);
  expect(index(26, 10)).toBeGreaterThan(1);
});

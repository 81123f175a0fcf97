import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { periodOf } from './periods.ts';
import { workingDayElasticity, workingDays } from './workingDays.ts';

test('working days are Mondays to Fridays', () => {
  expect(workingDays(periodOf('month', '2026-02-01'))).toBe(20);
  expect(workingDays(periodOf('month', '2024-02-01'))).toBe(21);
  expect(workingDays(periodOf('month', '2025-12-01'))).toBe(23);
});

test('recognises demand that follows working days', () => {
  const random = randomOf(3);
  const next = periodOf('month', '2026-07-01');
  const items = (rate: (month: number) => number) =>
    Array.from({ length: 30 }, (_, i) =>
      Array.from({ length: 40 }, (_, t) => Math.round((i + 5) * rate(next - 40 + t) * (0.8 + 0.4 * random()))),
    );
  expect(workingDayElasticity(items(workingDays), next)).toBeCloseTo(1, 0);
  expect(
    workingDayElasticity(
      items(() => 21),
      next,
    ),
  ).toBeNull();
  expect(
    workingDayElasticity(
      items(workingDays).map((h) => h.slice(0, 20)),
      next,
    ),
  ).toBeNull();
});

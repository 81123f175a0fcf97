import { expect, test } from 'vitest';
import { assessTrend } from './assessTrend.ts';

test('a rise is judged in words', () => {
  const days = Array.from({ length: 12 }, (_, i) => i);
  const medians = days.map((d) => 1 + d / 10);
  const { index, contribution, reasons } = assessTrend(
    { days, medians, normal: 1.2 },
    { group: 2, foundation: 'rigid' },
  );
  expect(index).toBe(2);
  expect(contribution).toEqual({ feature: 'velocityRmsMmPerS', value: 2.1, normal: 1.2 });
  expect(reasons).toEqual([
    'velocity rises by 0.100 mm/s a day and reaches its alarm limit in 0 days',
    'by daily medians it went from 1.00 to 2.10 mm/s in 11 days',
  ]);
});

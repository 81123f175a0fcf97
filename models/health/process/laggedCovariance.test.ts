import { expect, test } from 'vitest';
import { randomOf } from '#models/random/random.ts';
import { laggedCovariance, standardisedRun } from './laggedCovariance.ts';

/** By its definition: the mean of the outer products of all windows. */
function outerProducts(runs: readonly number[][][], span: number): number[][] {
  const windows = runs.flatMap((run) => run.slice(span - 1).map((_, t) => run.slice(t, t + span).flat()));
  return windows[0].map((_, i) =>
    windows[0].map((_, j) => windows.reduce((s, z) => s + z[i] * z[j], 0) / windows.length),
  );
}

test.each([1, 2, 6])('windows of %d rows, within runs', (span) => {
  const random = randomOf(3);
  const runs = [40, 7, 3].map((rows) => Array.from({ length: rows }, () => [random(), random() - 2, 5 * random()]));
  const flat = runs.map((run) => standardisedRun(run, [0, 0, 0], [1, 1, 1]));
  const { covariance, windows } = laggedCovariance(flat, 3, span);
  expect(windows).toBe(runs.reduce((n, run) => n + Math.max(0, run.length - span + 1), 0));
  const expected = outerProducts(runs, span);
  for (const [i, row] of expected.entries())
    for (const [j, value] of row.entries()) expect(covariance.get(i, j)).toBeCloseTo(value, 10);
});

test('rows are standardised channel by channel', () => {
  expect([
    ...standardisedRun(
      [
        [1, 20],
        [3, 40],
      ],
      [2, 30],
      [1, 10],
    ),
  ]).toEqual([-1, -1, 1, 1]);
});

import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { LoadRelation } from './loadRelation.ts';

const WITHIN = { reference: 18, week: 60_480 };
const random = randomOf(3);

/** A value that changes by `slope` times the load's change, plus noise with a deviation of one. */
function seen(pairs: number, slope: number, loadDeviation = 5): LoadRelation {
  const relation = new LoadRelation();
  for (let i = 0; i < pairs; i++) {
    const load = loadDeviation * gaussian(random);
    relation.learn(50, slope * load + gaussian(random), load, WITHIN);
  }
  return relation;
}

test('a change in proportion to the load’s is explained, one without a load change is not', () => {
  const relation = seen(2000, 0.5);
  const explained = relation.unexplained(20, 40, 2000);
  expect(explained?.rest).toBeCloseTo(0, 0);
  expect(explained?.deviation).toBeCloseTo(1, 0);
  expect(relation.unexplained(20, 0, 2000)?.rest).toBe(20);
});

test('a load uncorrelated with the value explains nothing', () => {
  expect(seen(2000, 0).unexplained(20, 10, 2000)).toBeNull();
  expect(seen(2000, 0.1).unexplained(20, 10, 2000)).toBeNull();
});

test('far outside the loads seen so far the remainder is less certain', () => {
  const relation = seen(60, 0.5);
  const deviation = (loadChange: number) => relation.unexplained(0, loadChange, 60)?.deviation ?? 0;
  expect(deviation(100) / deviation(0)).toBeGreaterThan(2);
});

test('without a load, or before its effect is learned, nothing is explained', () => {
  expect(seen(2000, 0.5).unexplained(20, Number.NaN, 2000)).toBeNull();
  expect(seen(29, 0.5).unexplained(20, 10, 29)).toBeNull();
  expect(seen(2000, 0.5, 0).unexplained(20, 10, 2000)).toBeNull();
});

test('resumes from its snapshot', () => {
  const relation = seen(100, 0.5);
  const again = new LoadRelation(Float64Array.from(relation.snapshot()));
  expect(again.unexplained(20, 10, 100)).toEqual(relation.unexplained(20, 10, 100));
});

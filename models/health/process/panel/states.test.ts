import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { States } from './states.ts';

const LEVELS = [-1, -0.25, 0.5, 1];

function held(rows: number, seed = 1): Float64Array[] {
  const random = randomOf(seed);
  let level = 0.5;
  return Array.from({ length: rows }, () => {
    if (random() < 0.05) level = LEVELS[Math.floor(4 * random())];
    return Float64Array.of(level, gaussian(random));
  });
}

const largest = (member: States, rows: readonly Float64Array[]) =>
  rows.map((row) => {
    const ratio = member.ratios(row)[0];
    member.push(row);
    return ratio;
  });

test('known values are normal; a value outside them is not, nor are several different ones between them', () => {
  const member = States.learn(held(1000), [true, false]);
  expect(Math.max(...largest(member, held(500, 2)))).toBe(0);
  expect(member.visible()).toEqual([0.25, null]);
  expect(member.ratios(Float64Array.of(1.5, 0))[0]).toBe(2);
  // A new setting that is held.
  expect(Math.max(...largest(member, new Array<Float64Array>(100).fill(Float64Array.of(0.75, 0))))).toBeLessThan(1);
  const free = largest(
    member,
    Array.from({ length: 20 }, (_, t) => Float64Array.of(0.6 + 0.01 * t, 0)),
  );
  expect(free.findIndex((ratio) => ratio >= 1)).toBe(2);
  expect(free.slice(2).every((ratio) => ratio >= 1)).toBe(true);
});

test('a channel that rarely changed is not judged; unknown values survive a snapshot and are discarded at a restart', () => {
  const rare = Array.from({ length: 500 }, (_, t) => Float64Array.of(t < 250 ? 0 : 1));
  expect(States.learn(rare, [true]).visible()).toEqual([null]);
  const member = States.learn(held(1000), [true, false]);
  for (const value of [0.6, 0.7]) member.push(Float64Array.of(value, 0));
  const again = new States(member.snapshot());
  expect(again.ratios(Float64Array.of(0.8, 0))[0]).toBe(1);
  again.restart();
  expect(again.ratios(Float64Array.of(0.8, 0))[0]).toBeCloseTo(1 / 3);
  expect(member.ratios(Float64Array.of(0.8, 0))[0]).toBe(1);
});

import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { Relation } from './relation.ts';

const ALPHA = 1e-5;
const ALL = [true, true, true];
const row = (...values: number[]) => Float64Array.from(values);

/** A load, a temperature that follows it nonlinearly, and independent noise. */
function plant(seed = 3) {
  const random = randomOf(seed);
  const next = (offset = 0) => {
    const load = 5 * random();
    return row(load, 20 + 4 * load + 0.8 * load ** 2 + 0.3 * gaussian(random) + offset, gaussian(random));
  };
  return { next, training: Array.from({ length: 800 }, () => next()) };
}
/** Whether any of the rows takes a channel over its limit. */
function isSeen(relation: Relation, rows: readonly Float64Array[], channel = 1) {
  return rows.some((one) => {
    const beyond = relation.ratios(one)[channel] > 1;
    relation.push(one);
    return beyond;
  });
}
const some = (n: number, of: (i: number) => Float64Array) => Array.from({ length: n }, (_, i) => of(i));

test('a channel that leaves its relation to another is detected, even if its value is in the training range', () => {
  const { next, training } = plant();
  const learned = Relation.learn(training, ALL, ALPHA).snapshot();
  expect(
    isSeen(
      new Relation(learned),
      some(400, () => next()),
    ),
  ).toBe(false);
  // A cool machine at full load: each value is normal, but not the combination.
  expect(isSeen(new Relation(learned), [row(4.8, 25, 0)])).toBe(true);
  // A small offset shows in the average of some ten rows.
  expect(isSeen(new Relation(learned), [next(1)])).toBe(false);
  expect(
    isSeen(
      new Relation(learned),
      some(15, () => next(1)),
    ),
  ).toBe(true);
  expect(
    isSeen(
      new Relation(learned),
      some(15, () => next(-1)),
    ),
  ).toBe(true);
});

test('the smallest visible change is below the channel’s own range, in its unit; noise is not judged', () => {
  const { training } = plant();
  const [load, temperature, noise] = Relation.learn(training, ALL, ALPHA).visible();
  expect(temperature).toBeGreaterThan(0.3);
  expect(temperature).toBeLessThan(3);
  expect(load).toBeLessThan(1);
  expect(noise).toBeNull();
  expect(Relation.learn(training, [true, false, true], ALPHA).visible()[1]).toBeNull();
  // Ten times the unit is ten times the size.
  const scaled = training.map((r) => row(r[0], 10 * r[1], r[2]));
  expect(Relation.learn(scaled, ALL, ALPHA).visible()[1]).toBeCloseTo(10 * temperature!, 6);
});

test('two wandering values correlate by chance, which is not a relation', () => {
  let wandering = 0;
  for (let seed = 1; seed <= 10; seed++) {
    const random = randomOf(seed);
    const at = [0, 0];
    const walks = some(500, () => Float64Array.from(at, (_, c) => (at[c] += gaussian(random))));
    if (
      Relation.learn(walks, [true, true], ALPHA)
        .visible()
        .some((v) => v !== null)
    )
      wandering++;
  }
  expect(wandering).toBeLessThanOrEqual(1);
});

test('a relation that changed within the training is not used', () => {
  const { next, training } = plant();
  const changed = [...training, ...some(200, () => next(6))];
  expect(Relation.learn(changed, ALL, ALPHA).visible()[1]).toBeNull();
});

test('a spike does not linger in the average', () => {
  const { next, training } = plant();
  const relation = Relation.learn(training, ALL, ALPHA);
  relation.push(row(2, 1e6, 0));
  expect(isSeen(relation, some(50, () => next()).slice(3))).toBe(false);
});

test('a slow change is followed; a change beyond the limit is held for five hundred rows, then accepted as normal', () => {
  const { next, training } = plant();
  const learned = Relation.learn(training, ALL, ALPHA).snapshot();
  const slow = new Relation(learned);
  expect(
    isSeen(
      slow,
      some(4000, (i) => next(i / 2000)),
    ),
  ).toBe(false);
  expect(
    isSeen(
      slow,
      some(60, () => next()),
    ),
  ).toBe(true);
  const held = new Relation(learned);
  for (const one of some(490, () => next(4))) held.push(one);
  expect(held.ratios(next(4))[1]).toBeGreaterThan(1);
  for (const one of some(1500, () => next(4))) held.push(one);
  expect(
    isSeen(
      held,
      some(100, () => next(4)),
    ),
  ).toBe(false);
});

test('a snapshot resumes where it was taken, and later rows do not change it', () => {
  const { next, training } = plant();
  const relation = Relation.learn(training, ALL, ALPHA);
  for (const one of some(20, () => next(0.7))) relation.push(one);
  const snapshot = relation.snapshot();
  const probe = next(0.7);
  const ratios = [...relation.ratios(probe)];
  for (const one of some(50, () => next(-5))) relation.push(one);
  expect([...new Relation(snapshot).ratios(probe)]).toEqual(ratios);
});

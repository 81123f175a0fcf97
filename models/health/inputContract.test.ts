import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { matchColumns, matchedRow } from './inputContract.ts';
import { fitSupport, unlikeTraining } from './trainingSupport.ts';

const headed = (...names: string[]) => ({ names, width: names.length });
const headless = (width: number) => ({ names: null, width });

test('named columns are matched by name, whatever their order', () => {
  const matched = matchColumns(headed('a', 'b', 'c'), headed('c', 'a', 'b'));
  expect(matchedRow([3, 1, 2], matched)).toEqual([1, 2, 3]);
  expect(matchedRow([1, 2, 3], matchColumns(headless(3), headless(3)))).toEqual([1, 2, 3]);
});

test('units are converted if both headers state them', () => {
  const trained = headed('temp [degC]', 'pressure (bar)', 'speed [rpm]', 'valve (left)');
  const found = headed('valve (left)', 'speed [1/min]', 'pressure [psi]', 'temp [°F]');
  const [temp, pressure, speed, valve] = matchedRow([0.5, 1480, 145.04, 212], matchColumns(trained, found));
  expect(temp).toBeCloseTo(100, 6);
  expect(pressure).toBeCloseTo(10, 3);
  expect([speed, valve]).toEqual([1480, 0.5]);
});

test.each([
  [headed('a', 'b'), headed('a', 'd'), 'no column b; unknown column d; the model was trained on a, b'],
  [headed('a', 'b'), headed('a', 'b', 'a'), 'twice there is a'],
  [headed('a', 'b'), headless(2), 'the table has no header; the model was trained on columns called a, b'],
  [headless(2), headed('a', 'b'), 'trained on a table without a header (2 columns by position)'],
  [headed('temp [degC]'), headed('temp [bar]'), 'temp is in bar; the model was trained on it in degC'],
  [headed('temp [degC]'), headed('temp'), 'temp is in an unstated unit; the model was trained on it in degC'],
  [headed('temp'), headed('temp [degF]'), 'temp is in degF; the model was trained on it in an unstated unit'],
  [headed('temp [degC]'), headed('temp [K]', 'temp [degF]'), 'no column temp [degC]; unknown column temp [K], temp'],
  [headless(2), headless(3), 'rows of 3 sensors; the model was trained on 2'],
])('%# a table that does not match is refused, naming the column', (trained, found, message) => {
  expect(() => matchColumns(trained, found)).toThrow(message);
});

/** Units in one of several regimes of speed and load, which two sensors follow; a third is noise. */
function fleet(count: number, seed: number, regimes: readonly (readonly [number, number])[]) {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => {
    const [speed, load] = regimes[Math.floor(random() * regimes.length)];
    const noise = (sd: number) => sd * gaussian(random);
    const life = 60 + Math.floor(60 * random());
    const rows = Array.from({ length: life }, (_, t) => {
      const wear = Math.exp((t - life) / 20);
      return [
        speed + noise(0.02),
        load + noise(0.02),
        10 + 3 * speed + load + wear + noise(0.2),
        50 + 2 * speed * load - wear + noise(0.2),
        noise(1),
      ];
    });
    return { rows };
  });
}

const TRAINED = [
  [0, 0],
  [0, 1],
  [1, 0],
  [2, 2],
] as const;
const support = fitSupport(fleet(30, 1, TRAINED), [0, 1, 2, 3, 4]);
const withheld = (units: { rows: number[][] }[]) =>
  units.filter(({ rows }) => unlikeTraining(rows, support, (c) => `column ${c}`) !== null).length / units.length;

test('units in a regime of the training are assessed; those between or outside them are not', () => {
  expect(withheld(fleet(200, 2, TRAINED))).toBeLessThan(0.02);
  // Each column by itself stays in the training's range.
  for (const regime of [
    [1, 1],
    [0.5, 0.5],
    [2, 0],
    [1, 2],
  ] as const)
    expect(withheld(fleet(40, 3, [regime]))).toBeGreaterThanOrEqual(0.95);
});

test('a stuck or rescaled column is named', () => {
  const [{ rows }] = fleet(1, 4, [[0, 1]]);
  const reasonOf = (change: (v: number, t: number) => number) =>
    unlikeTraining(
      rows.map((row, t) => row.map((v, c) => (c === 2 ? change(v, t) : v))),
      support,
      (c) => `column ${c}`,
    );
  expect(reasonOf((v) => v)).toBeNull();
  expect(reasonOf((v) => 1.8 * v + 32)).toMatch(/^column 2 is at .* far outside/);
  expect(reasonOf(() => 11)).toMatch(/^column 2 moves by 0 from row to row/);
});

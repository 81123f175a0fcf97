import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { type ProcessLevels, scoreProcess, trainProcess, unpackProcess } from './processModel.ts';

const NAMES = ['load', 'current', 'temperature', 'flow', 'noise'];

/** A machine whose values follow its load; `fault` changes a row. */
function rows(
  n: number,
  seed: number,
  fault: (row: Float64Array, i: number) => void = () => undefined,
): Float64Array[] {
  const random = randomOf(seed);
  let load = 0.7;
  return Array.from({ length: n }, (_, i) => {
    load = Math.min(1, Math.max(0.4, load + 0.05 * gaussian(random)));
    const noise = () => 0.02 * gaussian(random);
    const row = Float64Array.of(
      load,
      30 + 60 * (load + noise()),
      20 + 45 * (load + noise()),
      80 * (load + noise()),
      gaussian(random),
    );
    fault(row, i);
    return row;
  });
}

function judge(data: Float64Array[], model = trainProcess(NAMES, rows(600, 1), 'made up', '0')) {
  let levels: ProcessLevels | null = null;
  return data.map((row) => {
    const score = scoreProcess(model, row, levels);
    levels = score.levels;
    return score;
  });
}

test('rows like the training stay below the limit, in every seed', () => {
  for (const seed of [2, 3, 4]) {
    const over = judge(rows(3000, seed)).filter((s) => s.index > 1).length;
    expect(over / 3000).toBeLessThan(0.01);
  }
});

test('a relation that breaks is found though each value stays in its own range, and the channel is named', () => {
  const broken = judge(
    rows(200, 5, (row, i) => {
      if (i >= 100) row[3] -= 10;
    }),
  );
  const before = broken.slice(0, 100).filter((s) => s.index > 1).length;
  const after = broken.slice(110).filter((s) => s.index > 1);
  expect(before).toBeLessThan(3);
  expect(after.length).toBeGreaterThan(60);
  const named = after.filter((s) => s.channels[0] === 'flow').length;
  expect(named / after.length).toBeGreaterThan(0.7);
});

test('a value that leaves its range is found', () => {
  const hot = judge(
    rows(200, 6, (row, i) => {
      if (i >= 100) row[2] += 20;
    }),
  ).slice(105);
  expect(hot.every((s) => s.index > 1 && s.channels.includes('temperature'))).toBe(true);
});

test('units do not matter, and the same rows give the same model', () => {
  const data = rows(300, 7);
  const scaled = data.map((row) => row.map((v) => 1000 * v - 5));
  const index = (d: Float64Array[]) => judge(d, trainProcess(NAMES, d, 'd', '0')).at(-1)?.index ?? 0;
  expect(index(scaled)).toBeCloseTo(index(data), 6);
  expect(trainProcess(NAMES, data, 'd', '0')).toEqual(trainProcess(NAMES, data, 'd', '0'));
});

test('a package is read back, and one that does not fit is refused', () => {
  const model = trainProcess(NAMES, rows(300, 8), 'd', '0');
  expect(unpackProcess(JSON.stringify(model))).toEqual(model);
  expect(() => unpackProcess(JSON.stringify({ ...model, mean: [1] }))).toThrow('do not fit');
  expect(() => unpackProcess(JSON.stringify({ ...model, limits: { t2: -1, q: 1 } }))).toThrow('limits.t2');
  expect(() => unpackProcess('{}')).toThrow('format');
  expect(() => trainProcess(NAMES, rows(50, 9), 'd', '0')).toThrow(RangeError);
  expect(() => trainProcess(['one'], rows(500, 9), 'd', '0')).toThrow(RangeError);
});

import { Matrix, solve } from 'ml-matrix';
import { expect, test } from 'vitest';
import { gaussian, randomOf } from '#models/random/random.ts';
import { reconciled, sumsOf, treeOf } from './hierarchy.ts';
import { reconcileTable } from './reconcile.ts';

const items = ['a', 'b', 'c', 'd', 'e'].map((id, i) => ({
  id,
  family: i < 2 ? 'f' : 'g',
  site: i < 4 ? 'north' : 'south',
}));
const { nodes, leaves } = treeOf(items);

test('items are below their families, families below their sites, sites below the total', () => {
  const path = (i: number): string[] => [nodes[i].id, ...(nodes[i].parent === null ? [] : path(nodes[i].parent))];
  expect(leaves.map(path)).toEqual([
    ['a', 'north / f', 'north', 'total'],
    ['b', 'north / f', 'north', 'total'],
    ['c', 'north / g', 'north', 'total'],
    ['d', 'north / g', 'north', 'total'],
    ['e', 'south / g', 'south', 'total'],
  ]);
});

test('sums are aligned at the last period', () => {
  const sums = sumsOf(nodes, [[1, 2], [5], [0, 0, 7], [1], [1]]);
  expect(sums[0]).toEqual([0, 1, 2 + 5 + 7 + 1 + 1]);
});

test('least variance in two passes equals the solution of the normal equations', () => {
  const random = randomOf(4);
  const base = nodes.map(() => 10 + 5 * random());
  const variance = nodes.map(() => 0.5 + random());
  // S maps leaves to all nodes.
  const below = (leaf: number, node: number): number =>
    leaf === node ? 1 : nodes[leaf].parent === null ? 0 : below(nodes[leaf].parent as number, node);
  const S = new Matrix(nodes.map((_, node) => leaves.map((leaf) => below(leaf, node))));
  const W = Matrix.diag(variance.map((v) => 1 / v));
  const left = S.transpose().mmul(W).mmul(S);
  const right = S.transpose().mmul(W).mmul(Matrix.columnVector(base));
  const expected = S.mmul(solve(left, right)).to1DArray();
  reconciled(nodes, base, variance, 'mint').forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i], 9);
  });
});

test('bottom-up leaves the items unchanged', () => {
  const base = nodes.map((_, i) => i + 1);
  const result = reconciled(
    nodes,
    base,
    nodes.map(() => 1),
    'bottom_up',
  );
  expect(leaves.map((i) => result[i])).toEqual(leaves.map((i) => base[i]));
  expect(result[0]).toBe(leaves.reduce((sum, i) => sum + base[i], 0));
});

const settings = { horizon: 4, frequency: [4], quantiles: [0.1, 0.5, 0.9], leadTime: 2 };

test('levels of a table agree in every period, by the method that was more accurate in the past', () => {
  const random = randomOf(8);
  // Noisy items with a season that only their sum shows.
  const table = Array.from({ length: 24 }, (_, i) => ({
    id: `i${i}`,
    family: `f${i % 3}`,
    site: `s${i % 2}`,
    history: Array.from({ length: 32 }, (_, t) => Math.max(0.1, 40 + 4 * [0, 3, 0, -3][t % 4] + 25 * gaussian(random))),
  }));
  const { how, tried, items: forecasts, nodes: sums } = reconcileTable(table, settings);
  expect(tried).not.toBeNull();
  expect(how).toBe(tried!.mint < tried!.bottom_up ? 'mint' : 'bottom_up');
  expect(sums.map((s) => s.level)).toEqual(expect.arrayContaining(['total', 'site', 'family']));
  for (let h = 0; h < 4; h++) {
    const total = forecasts.reduce((sum, f) => sum + f.mean[h], 0);
    expect(sums[0].mean[h]).toBeCloseTo(total, 6);
    const sites = sums.filter((s) => s.level === 'site');
    expect(sites.reduce((sum, s) => sum + s.mean[h], 0)).toBeCloseTo(total, 6);
  }
  for (const f of [...forecasts, ...sums]) {
    expect(f.leadTime.mean).toBeCloseTo(f.mean[0] + f.mean[1], 6);
    expect(f.quantiles['0.1'][0]).toBeLessThanOrEqual(f.quantiles['0.9'][0]);
  }
});

test('where histories are too short to compare both methods, items are summed', () => {
  const short = ['a', 'b'].map((id) => ({ id, history: [3, 4, 5] }));
  expect(reconcileTable(short, settings)).toMatchObject({ how: 'bottom_up', tried: null });
});

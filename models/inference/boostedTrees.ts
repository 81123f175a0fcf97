import { z } from 'zod';

/** One tree, node by node: a leaf has no feature (−1) and a value; other nodes send rows at or below `threshold` left. */
export const treeSchema = z.strictObject({
  feature: z.array(z.int().min(-1)),
  threshold: z.array(z.number()),
  left: z.array(z.int().min(0)),
  right: z.array(z.int().min(0)),
  value: z.array(z.number()),
});
type Tree = z.infer<typeof treeSchema>;

export const treesSchema = z.strictObject({
  /** `logistic`: the sum is a log-odds. */
  loss: z.enum(['squared', 'logistic']),
  base: z.number(),
  trees: z.array(treeSchema),
});
export type BoostedTrees = z.infer<typeof treesSchema>;

export interface BoostingSettings {
  loss: BoostedTrees['loss'];
  trees: number;
  /** Maximum number of leaves of a tree. */
  leaves: number;
  learningRate: number;
  /** Minimum rows (by weight) of a leaf. */
  leastRows: number;
  /** Regularisation of a leaf's value, as a number of additional rows without error. */
  ridge: number;
}

/** Held-out rows: growing stops when the last `patience` trees have not improved them. */
export interface EarlyStop {
  rows: readonly Float64Array[];
  targets: ArrayLike<number>;
  patience: number;
}

/** Number of bins per feature: a split lies between two of them. */
const BINS = 64;

interface Binned {
  /** Feature by feature, the bin of each row. */
  bins: Uint8Array[];
  /** Feature by feature, the upper edge of every bin but the last. */
  edges: Float64Array[];
}

interface Split {
  gain: number;
  feature: number;
  bin: number;
}

/** Sums over the rows of a leaf by bin, one feature after the other. */
interface Histogram {
  gradient: Float64Array;
  hessian: Float64Array;
  rows: Float64Array;
}

interface Leaf {
  node: number;
  rows: Int32Array;
  sums: Histogram;
  split: Split | null;
}

/**
 * Gradient boosting of small trees, grown best leaf first on histograms of 64 bins per feature (Friedman, "Greedy
 * function approximation", Ann. Statist. 29 (2001); Ke et al., "LightGBM", NIPS 2017); second-order leaf values. The
 * same rows give the same trees.
 * @param rows of one length. @param targets one per row; 0 or 1 for logistic loss.
 */
export function trainTrees(
  rows: readonly Float64Array[],
  targets: ArrayLike<number>,
  settings: BoostingSettings,
  stop?: EarlyStop,
): BoostedTrees {
  const n = rows.length;
  const binned = binOf(rows);
  const base = baseOf(targets, n, settings.loss);
  const watched = stop && { ...stop, sums: new Float64Array(stop.rows.length).fill(base) };
  let best = { loss: Number.POSITIVE_INFINITY, trees: 0 };
  const sum = new Float64Array(n).fill(base);
  const gradient = new Float64Array(n);
  const hessian = new Float64Array(n);
  const trees: Tree[] = [];
  for (let round = 0; round < settings.trees; round++) {
    for (let i = 0; i < n; i++) {
      const p = settings.loss === 'logistic' ? 1 / (1 + Math.exp(-sum[i])) : sum[i];
      gradient[i] = targets[i] - p;
      hessian[i] = settings.loss === 'logistic' ? Math.max(1e-6, p * (1 - p)) : 1;
    }
    const tree = grow(binned, gradient, hessian, settings, (rowsOfLeaf, value) => {
      for (const i of rowsOfLeaf) sum[i] += value;
    });
    if (tree.feature.length === 1) break;
    // A package keeps only seven digits: round here, so that a model predicts the same before and after packing.
    const kept = { ...tree, threshold: tree.threshold.map(rounded), value: tree.value.map(rounded) };
    trees.push(kept);
    if (!watched) continue;
    watched.rows.forEach((row, i) => {
      watched.sums[i] += treeAt(kept, row);
    });
    const loss = lossOf(watched.sums, watched.targets, settings.loss);
    if (loss < best.loss) best = { loss, trees: trees.length };
    else if (trees.length - best.trees >= watched.patience) break;
  }
  return { loss: settings.loss, base, trees: watched ? trees.slice(0, best.trees) : trees };
}

/** The sum of all trees at a row: a value, or a log-odds. */
export function predictTrees({ base, trees }: BoostedTrees, row: ArrayLike<number>): number {
  let sum = base;
  for (const tree of trees) sum += treeAt(tree, row);
  return sum;
}

function treeAt({ feature, threshold, left, right, value }: Tree, row: ArrayLike<number>): number {
  let node = 0;
  while (feature[node] >= 0) node = row[feature[node]] <= threshold[node] ? left[node] : right[node];
  return value[node];
}

function lossOf(sums: Float64Array, targets: ArrayLike<number>, loss: BoostedTrees['loss']): number {
  let total = 0;
  for (let i = 0; i < sums.length; i++)
    total +=
      loss === 'squared'
        ? (targets[i] - sums[i]) ** 2
        : Math.log1p(Math.exp(-Math.abs(sums[i]))) + Math.max(0, sums[i]) - targets[i] * sums[i];
  return total / sums.length;
}

/** Share of splits by feature, for a card. */
export function splitCounts({ trees }: BoostedTrees, features: number): Float64Array {
  const counts = new Float64Array(features);
  for (const { feature } of trees) for (const f of feature) if (f >= 0) counts[f]++;
  const total = counts.reduce((a, b) => a + b, 0);
  return total > 0 ? counts.map((c) => c / total) : counts;
}

function rounded(v: number): number {
  return Number(v.toPrecision(7));
}

function baseOf(targets: ArrayLike<number>, n: number, loss: BoostedTrees['loss']): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += targets[i];
  const mean = sum / n;
  if (loss === 'squared') return mean;
  const p = Math.min(1 - 1e-6, Math.max(1e-6, mean));
  return Math.log(p / (1 - p));
}

function binOf(rows: readonly Float64Array[]): Binned {
  const width = rows[0].length;
  const edges: Float64Array[] = [];
  const bins: Uint8Array[] = [];
  for (let f = 0; f < width; f++) {
    const column = Float64Array.from(rows, (row) => row[f]);
    const cuts = cutsOf(column);
    edges.push(cuts);
    bins.push(Uint8Array.from(column, (v) => binAt(cuts, v)));
  }
  return { bins, edges };
}

/** Candidate split values: halfway between differing quantiles. */
function cutsOf(column: Float64Array): Float64Array {
  const sorted = column.slice().sort();
  const cuts: number[] = [];
  for (let b = 1; b < BINS; b++) {
    const at = Math.floor((b * sorted.length) / BINS);
    if (at === 0 || sorted[at] === sorted[at - 1]) continue;
    const cut = (sorted[at] + sorted[at - 1]) / 2;
    if (cuts.length === 0 || cut > cuts[cuts.length - 1]) cuts.push(cut);
  }
  // With few values, mostly equal, quantiles alone would not separate them.
  if (cuts.length === 0) {
    const distinct = [...new Set(sorted)].slice(0, BINS);
    for (let i = 1; i < distinct.length; i++) cuts.push((distinct[i] + distinct[i - 1]) / 2);
  }
  return Float64Array.from(cuts);
}

function binAt(cuts: Float64Array, v: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (v <= cuts[mid]) high = mid;
    else low = mid + 1;
  }
  return low;
}

function grow(
  binned: Binned,
  gradient: Float64Array,
  hessian: Float64Array,
  settings: BoostingSettings,
  leafDone: (rows: Int32Array, value: number) => void,
): Tree {
  const tree: Tree = { feature: [-1], threshold: [0], left: [0], right: [0], value: [0] };
  const leafOf = (node: number, rows: Int32Array, sums: Histogram): Leaf => {
    return { node, rows, sums, split: bestSplit(binned, rows.length, sums, settings) };
  };
  const all = Int32Array.from({ length: gradient.length }, (_, i) => i);
  let leaves = [leafOf(0, all, histogramOf(binned, all, gradient, hessian))];
  while (leaves.length < settings.leaves) {
    const best = leaves.reduce((a, b) => ((b.split?.gain ?? 0) > (a.split?.gain ?? 0) ? b : a));
    if (!best.split) break;
    const { feature, bin } = best.split;
    const column = binned.bins[feature];
    const left = best.rows.filter((i) => column[i] <= bin);
    const right = best.rows.filter((i) => column[i] > bin);
    // The larger side's sums are the parent's less the smaller side's.
    const smaller = histogramOf(binned, left.length < right.length ? left : right, gradient, hessian);
    const larger = without(best.sums, smaller);
    const node = tree.feature.length;
    for (const columnOf of [tree.threshold, tree.left, tree.right, tree.value]) columnOf.push(0, 0);
    tree.feature.push(-1, -1);
    tree.feature[best.node] = feature;
    tree.threshold[best.node] = binned.edges[feature][bin];
    tree.left[best.node] = node;
    tree.right[best.node] = node + 1;
    const [leftSums, rightSums] = left.length < right.length ? [smaller, larger] : [larger, smaller];
    const children = [leafOf(node, left, leftSums), leafOf(node + 1, right, rightSums)];
    leaves = [...leaves.filter((leaf) => leaf !== best), ...children];
  }
  for (const { node, rows } of leaves) {
    let [g, h] = [0, 0];
    for (const i of rows) {
      g += gradient[i];
      h += hessian[i];
    }
    tree.value[node] = (settings.learningRate * g) / (h + settings.ridge);
    leafDone(rows, tree.value[node]);
  }
  return tree;
}

function histogramOf({ bins }: Binned, rows: Int32Array, gradient: Float64Array, hessian: Float64Array): Histogram {
  const size = bins.length * BINS;
  const sums = { gradient: new Float64Array(size), hessian: new Float64Array(size), rows: new Float64Array(size) };
  const { gradient: gradients, hessian: hessians, rows: counts } = sums;
  for (let f = 0; f < bins.length; f++) {
    const column = bins[f];
    const first = f * BINS;
    for (let k = 0; k < rows.length; k++) {
      const i = rows[k];
      const at = first + column[i];
      gradients[at] += gradient[i];
      hessians[at] += hessian[i];
      counts[at]++;
    }
  }
  return sums;
}

function without(all: Histogram, part: Histogram): Histogram {
  return {
    gradient: difference(all.gradient, part.gradient),
    hessian: difference(all.hessian, part.hessian),
    rows: difference(all.rows, part.rows),
  };
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const left = new Float64Array(a.length);
  for (let i = 0; i < left.length; i++) left[i] = a[i] - b[i];
  return left;
}

/** The split that lowers the loss most; null if none does, or leaves would be too small. */
function bestSplit(
  { edges }: Binned,
  count: number,
  sums: Histogram,
  { leastRows, ridge }: BoostingSettings,
): Split | null {
  if (count < 2 * leastRows) return null;
  let best: Split | null = null;
  for (let f = 0; f < edges.length; f++) {
    const first = f * BINS;
    const last = first + edges[f].length;
    let [allG, allH] = [0, 0];
    for (let at = first; at <= last; at++) {
      allG += sums.gradient[at];
      allH += sums.hessian[at];
    }
    const whole = (allG * allG) / (allH + ridge);
    let [leftG, leftH, left] = [0, 0, 0];
    for (let at = first; at < last; at++) {
      leftG += sums.gradient[at];
      leftH += sums.hessian[at];
      left += sums.rows[at];
      if (left < leastRows || count - left < leastRows) continue;
      const rightG = allG - leftG;
      const gain = (leftG * leftG) / (leftH + ridge) + (rightG * rightG) / (allH - leftH + ridge) - whole;
      if (gain > (best?.gain ?? 1e-9)) best = { gain, feature: f, bin: at - first };
    }
  }
  return best;
}

import { z } from 'zod';
import { type Random, randomOf } from '#models/random/random.ts';
import { median } from '../statistics.ts';
import type { RowMethod, Statistics } from './rowMethod.ts';

const TREES = 60;
const SAMPLE = 128;
const DEEPEST = 7;

const treeSchema = z.strictObject({
  /** −1 for a leaf. */
  channel: z.array(z.int()),
  threshold: z.array(z.number()),
  /** Range of the sample's values in that channel. */
  low: z.array(z.number()),
  high: z.array(z.number()),
  left: z.array(z.int()),
  right: z.array(z.int()),
  /** Sample rows that ended in a leaf. */
  size: z.array(z.int()),
});
type Tree = z.infer<typeof treeSchema>;
export const forestSchema = z.strictObject({ normal: z.array(z.number()), trees: z.array(treeSchema).min(1) });
type Forest = z.infer<typeof forestSchema>;

/**
 * Rows that are easily isolated from all others are unlike them: the statistic is 2^(mean depth / expected depth),
 * inverted so that it grows with abnormality. A channel's contribution is how much less abnormal the row is with the
 * channel's normal value. A value outside its sample is isolated at once with the chance that a cut falls in between,
 * so that rows far outside score higher than those at the edge. Sources: Liu, Ting & Zhou, "Isolation forest", ICDM
 * 2008; Guha et al., "Robust random cut forest", ICML 2016.
 */
export const isolationForest: RowMethod<Forest> = {
  lags: 1,
  weights: [0.3],
  alpha: 0.002,
  leastRows: () => 2 * SAMPLE,
  mostChannels: 200,
  train: (runs, seed) => {
    const rows = runs.flat();
    const random = randomOf(seed);
    return {
      normal: Array.from(rows[0], (_, c) => median(rows.map((row) => row[c]))),
      trees: Array.from({ length: TREES }, () => growTree(sampleOf(rows, random), random)),
    };
  },
  load: (forest) => ({ statistics: ([row]) => statistics(forest, row) }),
};

function statistics({ normal, trees }: Forest, row: ArrayLike<number>): Statistics {
  const score = anomalyScore(trees, row);
  const tried = Float64Array.from(row);
  const parts = new Float64Array(normal.length);
  for (let c = 0; c < normal.length; c++) {
    tried[c] = normal[c];
    parts[c] = Math.max(0, score - anomalyScore(trees, tried));
    tried[c] = row[c];
  }
  return { values: [score], parts: [parts] };
}

function anomalyScore(trees: readonly Tree[], row: ArrayLike<number>): number {
  let depth = 0;
  for (const tree of trees) depth += depthOf(tree, row);
  return 2 ** (-depth / trees.length / expectedDepth(SAMPLE));
}

function depthOf({ channel, threshold, low, high, left, right, size }: Tree, row: ArrayLike<number>): number {
  let node = 0;
  let depth = 0;
  let together = 1;
  while (channel[node] >= 0) {
    const value = row[channel[node]];
    const outside = Math.max(0, low[node] - value, value - high[node]);
    together *= (high[node] - low[node]) / (high[node] - low[node] + outside);
    depth += together;
    node = value < threshold[node] ? left[node] : right[node];
  }
  return depth + together * expectedDepth(size[node]);
}

/** Mean depth of an unsuccessful search in a binary tree of n. */
function expectedDepth(n: number): number {
  if (n < 2) return 0;
  return n === 2 ? 1 : 2 * (Math.log(n - 1) + 0.5772156649) - (2 * (n - 1)) / n;
}

function sampleOf(rows: readonly Float64Array[], random: Random): Float64Array[] {
  return Array.from({ length: SAMPLE }, () => rows[Math.floor(random() * rows.length)]);
}

function growTree(sample: readonly Float64Array[], random: Random): Tree {
  const tree: Tree = { channel: [], threshold: [], low: [], high: [], left: [], right: [], size: [] };
  const grow = (rows: readonly Float64Array[], depth: number): number => {
    const node = tree.channel.length;
    tree.channel.push(-1);
    tree.threshold.push(0);
    tree.low.push(0);
    tree.high.push(0);
    tree.left.push(0);
    tree.right.push(0);
    tree.size.push(rows.length);
    const cut = depth < DEEPEST ? cutOf(rows, random) : null;
    if (!cut) return node;
    tree.channel[node] = cut.channel;
    tree.threshold[node] = cut.threshold;
    tree.low[node] = cut.low;
    tree.high[node] = cut.high;
    tree.left[node] = grow(
      rows.filter((row) => row[cut.channel] < cut.threshold),
      depth + 1,
    );
    tree.right[node] = grow(
      rows.filter((row) => row[cut.channel] >= cut.threshold),
      depth + 1,
    );
    return node;
  };
  grow(sample, 0);
  return tree;
}

/** A moving channel, and a value within its range; null if none moves. */
function cutOf(
  rows: readonly Float64Array[],
  random: Random,
): { channel: number; threshold: number; low: number; high: number } | null {
  if (rows.length < 2) return null;
  const moving = Array.from(rows[0], (_, c) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const row of rows) {
      low = Math.min(low, row[c]);
      high = Math.max(high, row[c]);
    }
    return { channel: c, low, high };
  }).filter(({ low, high }) => high > low);
  if (moving.length === 0) return null;
  const { channel, low, high } = moving[Math.floor(random() * moving.length)];
  // Above the lowest: both sides have rows.
  return { channel, threshold: Number((low + (high - low) * (1 - random())).toPrecision(9)), low, high };
}

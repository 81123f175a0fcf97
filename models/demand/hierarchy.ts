/** A node of a tree of sums: items below families, families below sites, sites below the total. */
export interface TreeNode {
  id: string;
  level: 'total' | 'site' | 'family' | 'item';
  /** Index in the list of nodes; null for the total. A parent precedes its children. */
  parent: number | null;
}

/** How forecasts of nodes are reconciled. */
export type Reconciliation = 'bottom_up' | 'mint';

/** Site and family of an item; blanks are a site, or a family, of their own. */
export interface Place {
  id: string;
  family?: string;
  site?: string;
}

/** The tree of items; leaves keep the items' order and follow the nodes above them. */
export function treeOf(items: readonly Place[]): { nodes: TreeNode[]; leaves: number[] } {
  const nodes: TreeNode[] = [{ id: 'total', level: 'total', parent: null }];
  const known = new Map<string, number>();
  const above = (id: string, level: TreeNode['level'], parent: number) => {
    const key = `${level}\t${id}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, nodes.length);
    return nodes.push({ id, level, parent }) - 1;
  };
  const families = items.map(({ site = '', family = '' }) =>
    above(site === '' ? family : `${site} / ${family}`, 'family', above(site, 'site', 0)),
  );
  const leaves = items.map(({ id }, i) => nodes.push({ id, level: 'item', parent: families[i] }) - 1);
  return { nodes, leaves };
}

/** Sums of the leaves' values for all nodes, period by period, aligned at the last one. */
export function sumsOf(nodes: readonly TreeNode[], leaves: readonly (readonly number[])[]): number[][] {
  const first = nodes.length - leaves.length;
  const sums: number[][] = nodes.map((_, i) => (i < first ? [] : [...leaves[i - first]]));
  for (let i = nodes.length - 1; i > 0; i--) {
    const parent = sums[nodes[i].parent as number];
    const own = sums[i];
    while (parent.length < own.length) parent.unshift(0);
    own.forEach((v, t) => {
      parent[parent.length - own.length + t] += v;
    });
  }
  return sums;
}

/**
 * Reconciles the forecasts of all nodes: by the sums of the items, or by the least total variance (MinT with the
 * variances of each node's own errors). In a tree that estimate is exact in two passes: up, each node weighs its own
 * forecast against the sum of its children by their variances; down, the remainder is shared among the children by
 * theirs. Source: Wickramasuriya, Athanasopoulos & Hyndman, "Optimal forecast reconciliation…", JASA 114 (2019), WLS.
 * @param base a forecast of each node. @param variance of its error, above 0.
 */
export function reconciled(
  nodes: readonly TreeNode[],
  base: readonly number[],
  variance: readonly number[],
  how: Reconciliation,
): number[] {
  const children: number[][] = nodes.map(() => []);
  for (let i = 1; i < nodes.length; i++) children[nodes[i].parent as number].push(i);
  const value = [...base];
  const spread = [...variance];
  for (let i = nodes.length - 1; i >= 0; i--) {
    if (children[i].length === 0) continue;
    const sum = children[i].reduce((s, c) => s + value[c], 0);
    const sumVariance = children[i].reduce((s, c) => s + spread[c], 0);
    const own = how === 'bottom_up' ? 0 : sumVariance / (sumVariance + variance[i]);
    value[i] = own * base[i] + (1 - own) * sum;
    spread[i] = how === 'bottom_up' ? sumVariance : (sumVariance * variance[i]) / (sumVariance + variance[i]);
  }
  for (let i = 0; i < nodes.length; i++) {
    if (children[i].length === 0) continue;
    const over = value[i] - children[i].reduce((s, c) => s + value[c], 0);
    const sumVariance = children[i].reduce((s, c) => s + spread[c], 0);
    for (const c of children[i]) value[c] += (over * spread[c]) / sumVariance;
  }
  return value;
}

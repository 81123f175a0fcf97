import { type ForecastSettings, forecastTable, type ItemForecast } from './forecastTable.ts';
import { type Reconciliation, reconciled, sumsOf, type TreeNode, treeOf } from './hierarchy.ts';
import { seasonalScale } from './measures.ts';
import type { ItemHistory } from './readHistory.ts';

/** A sum of items: a family, a site, the total. */
export interface NodeForecast extends Pick<ItemForecast, 'mean' | 'quantiles' | 'leadTime'> {
  id: string;
  level: 'total' | 'site' | 'family';
}

export interface ReconciledTable {
  how: Reconciliation;
  /** Errors of both methods on held-back data, summed over the levels; null if histories are too short. */
  tried: Record<Reconciliation, number> | null;
  items: ItemForecast[];
  /** For each item, the factor on its forecasts. */
  moved: number[];
  nodes: NodeForecast[];
}

const MIN_LEFT = 8;
/** Sums say little about one item: they change its forecast by at most this factor. */
const MAX_MOVED = 2;

/**
 * Forecasts of items and of the sums above them that agree in each period. The reconciliation is the one with the
 * smaller error, over all levels, on the last periods of the past.
 */
export function reconcileTable(items: readonly ItemHistory[], settings: ForecastSettings): ReconciledTable {
  const { nodes, leaves } = treeOf(items);
  const tried = compareMethods(items, settings);
  const how = tried && tried.mint < tried.bottom_up ? 'mint' : 'bottom_up';
  const forecasts = forecastNodes(items, nodes, settings);
  const means = reconcileMeans(forecasts, nodes, items, settings, how);
  const moved = forecasts.map((forecast, i) => scaledTo(forecast, means[i], settings));
  const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const timesOf = (i: number) => {
    const before = total(forecasts[i].mean);
    return how === 'mint' && before > 0 ? total(means[i]) / before : 1;
  };
  const upper = nodes.slice(0, nodes.length - leaves.length);
  return {
    how,
    tried,
    items: leaves.map((i) => moved[i]),
    moved: leaves.map(timesOf),
    nodes: upper.map(({ id, level }, i) => ({
      id,
      level: level as NodeForecast['level'],
      mean: moved[i].mean,
      quantiles: moved[i].quantiles,
      leadTime: moved[i].leadTime,
    })),
  };
}

/** Forecasts of all nodes, each from its own history; items together, since parts learn from each other. */
function forecastNodes(items: readonly ItemHistory[], nodes: readonly TreeNode[], settings: ForecastSettings) {
  const sums = sumsOf(
    nodes,
    items.map(({ history }) => history),
  );
  const upper = sums.slice(0, nodes.length - items.length).map((history, i) => ({ id: nodes[i].id, history }));
  return [...forecastTable(upper, settings), ...forecastTable(items, settings)];
}

/** Means of all nodes, by node and period. */
function reconcileMeans(
  forecasts: readonly ItemForecast[],
  nodes: readonly TreeNode[],
  items: readonly ItemHistory[],
  { frequency }: ForecastSettings,
  how: Reconciliation,
): number[][] {
  const histories = sumsOf(
    nodes,
    items.map(({ history }) => history),
  );
  // Constant demand gets a nonzero variance, too.
  const variance = histories.map(
    (h, i) => seasonalScale(h, frequency[0]) ** 2 + 1e-6 * (1 + forecasts[i].mean[0] ** 2),
  );
  const periods = forecasts[0].mean.length;
  const means = forecasts.map(() => new Array<number>(periods).fill(0));
  const first = nodes.length - items.length;
  for (let h = 0; h < periods; h++) {
    const base = forecasts.map((f) => f.mean[h]);
    const leaves = reconciled(nodes, base, variance, how).slice(first);
    // Sums are those of the remaining history.
    sumsOf(
      nodes,
      leaves.map((v, i) => [Math.min(MAX_MOVED * base[first + i], Math.max(base[first + i] / MAX_MOVED, v))]),
    ).forEach(([v], i) => {
      means[i][h] = v;
    });
  }
  return means;
}

/** Σ over levels of Σ|error| / Σ actual of both methods, on the last horizon of items with a history before it. */
function compareMethods(
  all: readonly ItemHistory[],
  settings: ForecastSettings,
): Record<Reconciliation, number> | null {
  const { horizon } = settings;
  const sold = all.filter(({ history }) => history.some((v) => v > 0));
  const items = sold.filter(({ history }) => history.length >= horizon + MIN_LEFT);
  if (items.length < 2 || items.length < sold.length / 2) return null;
  const { nodes } = treeOf(items);
  const cut = items.map((item) => ({ ...item, history: item.history.slice(0, -horizon) }));
  const actual = sumsOf(
    nodes,
    items.map(({ history }) => history.slice(-horizon)),
  );
  const forecasts = forecastNodes(cut, nodes, settings);
  const errorOf = (how: Reconciliation) => {
    const means = reconcileMeans(forecasts, nodes, cut, settings, how);
    const levels = new Map<string, [number, number]>();
    nodes.forEach(({ level }, i) => {
      const [error, sum] = levels.get(level) ?? [0, 0];
      const missed = actual[i].reduce((s, y, h) => s + Math.abs(means[i][h] - y), 0);
      levels.set(level, [error + missed, sum + actual[i].reduce((a, b) => a + b, 0)]);
    });
    return [...levels.values()].reduce((s, [error, sum]) => s + (sum > 0 ? error / sum : 0), 0);
  };
  return { bottom_up: errorOf('bottom_up'), mint: errorOf('mint') };
}

/** A forecast scaled to other means, quantiles included. */
function scaledTo(forecast: ItemForecast, mean: readonly number[], { leadTime }: ForecastSettings): ItemForecast {
  const leadMean = mean.slice(0, leadTime).reduce((a, b) => a + b, 0);
  const whole = Object.values(forecast.quantiles).every((q) => q.every(Number.isInteger));
  const round = whole ? Math.round : (v: number) => v;
  const moved = (q: number, from: number, to: number) => round(from > 0 ? (q * to) / from : q);
  const quantiles = Object.entries(forecast.quantiles).map(([level, q]) => [
    level,
    q.map((v, h) => moved(v, forecast.mean[h], mean[h])),
  ]);
  const lead = Object.entries(forecast.leadTime.quantiles).map(([level, q]) => [
    level,
    moved(q, forecast.leadTime.mean, leadMean),
  ]);
  return {
    ...forecast,
    mean: [...mean],
    quantiles: Object.fromEntries(quantiles),
    leadTime: { mean: leadMean, quantiles: Object.fromEntries(lead) },
  };
}

import { mannKendall } from '#models/statistics/monotoneTrend.ts';
import { demandClass } from './demandClass.ts';

/** Whole numbers below this mean are counts, as of parts, even where no period was without demand. */
const COUNT_MEAN = 30;
/** Standard deviations beyond which a trend or a season is no chance: three in 100,000 items without one. */
const PLAIN = 4;
/** Newest periods that a trend is looked for in. */
const TREND_PERIODS = 120;

/**
 * Whether a history is a part's, forecast as flat from what all parts teach, or a series, forecast by its own past. Small
 * counts and demand that comes now and then are parts; what plainly rises, falls or has a season is a series whatever
 * its size, as is smooth demand in which a period went without.
 * @param period periods of a season; 1 for none.
 */
export function isPart(history: readonly number[], period: number): boolean {
  const itsClass = demandClass(history);
  if (itsClass === 'none') return true;
  const frequent = itsClass === 'smooth' || itsClass === 'erratic';
  const trend = Math.abs(mannKendall(history.slice(-TREND_PERIODS))) > PLAIN;
  // Rare demand that falls may have ended, which parts know of.
  if ((frequent && trend) || hasSeason(history, period)) return false;
  const mean = history.reduce((a, b) => a + b, 0) / history.length;
  const counts = mean < COUNT_MEAN && history.every(Number.isInteger);
  return counts || (history.includes(0) && itsClass !== 'smooth');
}

/**
 * Whether demand differs by its place in the cycle: the Kruskal–Wallis test, its χ² taken to a standard normal.
 * Sources: Kruskal & Wallis, JASA 47 (1952); Wilson & Hilferty, PNAS 17 (1931).
 */
export function hasSeason(history: readonly number[], period: number): boolean {
  const n = history.length;
  if (period < 2 || n < 2 * period) return false;
  const { ranks, ties } = ranksOf(history);
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  ranks.forEach((rank, t) => {
    sums[t % period] += rank;
    counts[t % period]++;
  });
  const between = sums.reduce((sum, s, place) => sum + s ** 2 / counts[place], 0);
  const untied = 1 - ties / (n ** 3 - n);
  if (!(untied > 0)) return false;
  const h = ((12 / (n * (n + 1))) * between - 3 * (n + 1)) / untied;
  const spread = 2 / (9 * (period - 1));
  return (Math.cbrt(h / (period - 1)) - (1 - spread)) / Math.sqrt(spread) > PLAIN;
}

/** Mean ranks from 1, and Σ (t³ − t) over groups of t equal values. */
function ranksOf(values: readonly number[]): { ranks: Float64Array; ties: number } {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  let ties = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) ranks[order[i]] = (from + 1 + to) / 2;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { ranks, ties };
}

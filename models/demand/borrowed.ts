import { normalQuantile } from '#models/statistics/quantiles.ts';
import { demandWithin } from './demandWithin.ts';
import { negativeBinomialQuantiles } from './negativeBinomial.ts';
import { deseasonalised, isSeasonal, type Season, seasonOf } from './season.ts';

/** What the grown items of a family have in common, for its new items. */
export interface Family {
  peers: number;
  /** Mean and variance of the logarithm of a peer's demand a period. */
  logMean: number;
  logVariance: number;
  /** Mean squared coefficient of variation of a peer's demand a period, without its season. */
  cv2: number;
  /** `figure[0]` belongs to the first period ahead. */
  season: Season;
}

export interface BorrowedLaw {
  mean: number[];
  /** For each step, at the requested levels. */
  steps: number[][];
  lead: { mean: number; quantiles: number[] };
}

/** Fewest peers in a family, and fewest seasons in a peer's history. */
const MIN_PEERS = 3;
const GROWN_SEASONS = 2;
const MIN_GROWN = 12;
/** Lower bound: peers always differ. */
const MIN_LOG_VARIANCE = 0.05;

/** Whether a history is so short that its family is more informative. */
export function isNew(history: readonly number[], period: number): boolean {
  return history.length < Math.min(period, MIN_GROWN);
}

/** Null if too few of the histories are grown. All end in the same period. */
export function familyOf(histories: readonly (readonly number[])[], period: number): Family | null {
  const least = Math.max(MIN_GROWN, Math.min(GROWN_SEASONS * period, 2 * MIN_GROWN));
  const peers = histories.filter((h) => h.length >= least && h.some((v) => v > 0));
  if (peers.length < MIN_PEERS) return null;
  const season = commonSeason(peers, period);
  const recent = peers.map((h) => flattened(h, season).slice(-least));
  const means = recent.map(meanOf).filter((m) => m > 0);
  if (means.length < MIN_PEERS) return null;
  const logs = means.map(Math.log);
  const logMean = meanOf(logs);
  const logVariance = logs.reduce((sum, v) => sum + (v - logMean) ** 2, 0) / (logs.length - 1);
  const cv2 = meanOf(recent.filter((h) => meanOf(h) > 0).map((h) => varianceOf(h) / meanOf(h) ** 2));
  return { peers: peers.length, logMean, logVariance: Math.max(MIN_LOG_VARIANCE, logVariance), cv2, season };
}

/**
 * Demand of a new item: its own level shrunk to its family's (empirical Bayes in logarithms: own weight n / (n +
 * cv²/τ²)), with the family's season; the spread combines the uncertainty of the level and the variation of a peer.
 * Source of the shrinkage: Efron & Morris, JASA 70 (1975).
 * @param history demand a period, oldest first; may be empty.
 * @param family of the item, as `familyOf` gives it.
 * @param options `horizon` and `leadTime` in periods; `levels` rising; `whole`, whether demand is counted; `elapsed`,
 * the share of the first period ahead that has passed.
 */
export function borrowedLaw(
  history: readonly number[],
  family: Family,
  {
    horizon,
    leadTime,
    levels,
    whole,
    elapsed = 0,
  }: { horizon: number; leadTime: number; levels: readonly number[]; whole: boolean; elapsed?: number },
): BorrowedLaw {
  const own = history.length === 0 ? 0 : meanOf(flattened(history, family.season));
  const prior = family.cv2 / family.logVariance;
  const weight = own > 0 ? history.length / (history.length + prior) : 0;
  // No demand in n periods is evidence against the family's level.
  const silent = own > 0 ? 0 : Math.log1p(history.length / Math.max(0.25, prior));
  const log = weight * Math.log(Math.max(own, 1e-12)) + (1 - weight) * family.logMean - silent;
  const unknown = (1 - weight) * family.logVariance;
  // The mean of a lognormal level whose median is exp(log).
  const level = Math.exp(log + unknown / 2);
  const { figure } = family.season;
  const periods = Math.max(horizon, leadTime + 1);
  const mean = Array.from({ length: periods }, (_, h) => level * figure[h % figure.length]);
  const leadMean = demandWithin(mean, elapsed, leadTime);
  const law = (m: number, cv2: number) => quantilesOf(m, cv2, unknown, levels, whole);
  return {
    mean: mean.slice(0, Math.max(horizon, leadTime)),
    steps: mean.slice(0, horizon).map((m) => law(m, family.cv2)),
    lead: { mean: leadMean, quantiles: law(leadMean, family.cv2 / leadTime) },
  };
}

function quantilesOf(mean: number, cv2: number, unknown: number, levels: readonly number[], whole: boolean): number[] {
  if (!(mean > 0)) return levels.map(() => 0);
  const relative = (1 + cv2) * Math.exp(unknown) - 1;
  if (whole) return negativeBinomialQuantiles(mean, mean + relative * mean ** 2, levels);
  const variance = Math.log1p(relative);
  return levels.map((p) => Math.exp(Math.log(mean) - variance / 2 + Math.sqrt(variance) * normalQuantile(p)));
}

/** The common season of all peers, by period ahead; none where they show none. */
function commonSeason(peers: readonly (readonly number[])[], period: number): Season {
  const none: Season = { kind: 'multiplicative', figure: Float64Array.of(1) };
  const length = Math.min(...peers.map((h) => h.length));
  // All peers have the same weight, whatever their size.
  const total = Array.from({ length }, (_, t) =>
    peers.reduce((sum, h) => sum + h[h.length - length + t] / Math.max(1e-12, meanOf(h)), 0),
  );
  if (!isSeasonal(total, period)) return none;
  const { figure } = seasonOf(total, period, 'multiplicative');
  if (figure.some((v) => !(v > 0.01))) return none;
  return { kind: 'multiplicative', figure: figure.map((_, h) => figure[(length + h) % period]) };
}

/** A history without its season, where the first figure belongs to the period after the history. */
function flattened(history: readonly number[], { kind, figure }: Season): number[] {
  const shifted = figure.map(
    (_, t) => figure[(((t - history.length) % figure.length) + figure.length) % figure.length],
  );
  return [...deseasonalised(history, { kind, figure: shifted })];
}

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, values.length - 1);
}

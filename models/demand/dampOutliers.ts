import { median } from '#models/health/statistics.ts';
import { countUnit } from './countUnit.ts';

/** Periods before and after that determine the typical demand. */
const NEIGHBOURHOOD = 6;
const MIN_NEIGHBOURS = 6;
/** Deviations beyond which a demand is an outlier, and within which its neighbours must be. */
const OUTLIER_DEVIATIONS = { series: 15, part: 100 };
const NORMAL_DEVIATIONS = 5;
/** Least deviation, as a share of the typical demand. */
const MIN_DEVIATION = 0.05;
/** Two demands are similar if each deviates from the typical demand by at least this share of the other's deviation. */
const SIMILAR_FRACTION = 1 / 3;
/** A seasonal peak recurs: at least this fraction of it one season earlier or later. */
const RECURRING_FRACTION = 1 / 3;

/**
 * History that the forecast of a series learns from: an isolated demand, far from all around it, is replaced by the
 * typical demand, since a month of a typing error or a strike does not predict the future. Its neighbours have to be
 * typical, and the newest period never changes, as it may be the first of others like it. A part's large demand is
 * normal unless it is implausible: many hundreds of pieces where eight are typical in every period.
 * @param seasons periods of a season, or of several.
 * @returns the same array if nothing changes.
 */
export function dampOutliers(
  history: readonly number[],
  seasons: readonly number[],
  kind: keyof typeof OUTLIER_DEVIATIONS = 'series',
): readonly number[] {
  // The deviation of a count is known only where pieces are counted, and never far below one of them.
  const unit = kind === 'part' ? countUnit(history) : null;
  if (kind === 'part' && (unit === null || Math.max(...history) < (unit * OUTLIER_DEVIATIONS.part) / 2)) return history;
  const typical = history.map((_, t) => typicalAt(history, t, seasons, { apart: OUTLIER_DEVIATIONS[kind], unit }));
  const residuals = typical.map((u, t) => (u === null ? 0 : history[t] - u));
  // Two similar ones may be an unnamed cycle: the end of a quarter, a day of the month.
  const isOutlier = residuals.map(
    (a, t) => a !== 0 && !residuals.some((b, i) => i !== t && b / a > SIMILAR_FRACTION && a / b > SIMILAR_FRACTION),
  );
  return isOutlier.includes(true)
    ? history.map((value, t) => (isOutlier[t] ? (typical[t] as number) : value))
    : history;
}

/** The typical demand around an outlier; null where the period is no outlier. */
function typicalAt(
  history: readonly number[],
  t: number,
  seasons: readonly number[],
  { apart: limit, unit }: { apart: number; unit: number | null },
): number | null {
  const neighbours = [
    ...history.slice(Math.max(0, t - NEIGHBOURHOOD), t),
    ...history.slice(t + 1, t + 1 + NEIGHBOURHOOD),
  ];
  if (t === 0 || t === history.length - 1 || neighbours.length < MIN_NEIGHBOURS) return null;
  const typical = median(neighbours);
  const spread = 1.4826 * median(neighbours.map((v) => Math.abs(v - typical)));
  const counted = unit === null ? 0 : Math.sqrt(typical * unit);
  const deviation = Math.max(spread, counted, MIN_DEVIATION * typical);
  const deviationsAt = (i: number) => Math.abs(history[i] - typical) / deviation;
  if (
    !(typical > 0) ||
    deviationsAt(t) <= limit ||
    deviationsAt(t - 1) > NORMAL_DEVIATIONS ||
    deviationsAt(t + 1) > NORMAL_DEVIATIONS
  )
    return null;
  return recursSeasonally(history, t, seasons, typical) ? null : typical;
}

/**
 * Whether the demand a season earlier or later, plus or minus one period, was similarly unusual: Easter falls in March
 * or April.
 */
function recursSeasonally(history: readonly number[], t: number, seasons: readonly number[], usual: number): boolean {
  const others = seasons.filter((period) => period > 1).flatMap((period) => [-period, period]);
  const places = others.flatMap((away) => [t + away - 1, t + away, t + away + 1]);
  return places.some((i) => {
    const other = history[i];
    return other !== undefined && Math.abs(other - usual) > RECURRING_FRACTION * Math.abs(history[t] - usual);
  });
}

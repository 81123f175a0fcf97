import { median } from '#models/health/statistics.ts';
import { countUnit } from './countUnit.ts';

/** Periods before and after that tell what is usual. */
const BESIDE = 6;
const LEAST_BESIDE = 6;
/** Deviations beyond which a demand is nothing of the kind of those beside it, and within which those beside it are. */
const APART = { series: 15, part: 100 };
const TOGETHER = 5;
/** Least deviation, as a part of what is usual. */
const LEAST_DEVIATION = 0.05;
/** Two demands are of a kind where each is at least so large a part of the other, from what is usual. */
const KIND = 1 / 3;
/** A season's peak comes again: at least so large a part of it a season before or after. */
const PEAK = 1 / 3;

/**
 * What the forecast of a series learns from: a history in which a demand that stands alone, far from all beside it, is
 * what is usual there; a month of a typing error, or of a strike, says nothing of the years to come. Its neighbours have
 * to be usual, and the newest period never changes: it may be the first of others like it. Of parts a large demand is one
 * of their kind, unless it is beyond all reason: many hundreds of pieces where eight are usual in every period.
 * @param seasons periods of a season, or of several.
 * @returns the same array where nothing is changed.
 */
export function tamed(
  history: readonly number[],
  seasons: readonly number[],
  kind: keyof typeof APART = 'series',
): readonly number[] {
  // The deviation of a count is known only where pieces are counted; it is never far below one of them.
  const unit = kind === 'part' ? countUnit(history) : null;
  if (kind === 'part' && (unit === null || Math.max(...history) < (unit * APART.part) / 2)) return history;
  const usual = history.map((_, t) => usualAt(history, t, seasons, { apart: APART[kind], unit }));
  const away = usual.map((u, t) => (u === null ? 0 : history[t] - u));
  // Two of a kind may be a cycle that nobody named: the end of a quarter, a day of the month.
  const alone = away.map((a, t) => a !== 0 && !away.some((b, i) => i !== t && b / a > KIND && a / b > KIND));
  return alone.includes(true) ? history.map((value, t) => (alone[t] ? (usual[t] as number) : value)) : history;
}

/** What is usual about a period that is nothing of the kind; null where it is as others are. */
function usualAt(
  history: readonly number[],
  t: number,
  seasons: readonly number[],
  { apart: limit, unit }: { apart: number; unit: number | null },
): number | null {
  const beside = [...history.slice(Math.max(0, t - BESIDE), t), ...history.slice(t + 1, t + 1 + BESIDE)];
  if (t === 0 || t === history.length - 1 || beside.length < LEAST_BESIDE) return null;
  const usual = median(beside);
  const spread = 1.4826 * median(beside.map((v) => Math.abs(v - usual)));
  const counted = unit === null ? 0 : Math.sqrt(usual * unit);
  const deviation = Math.max(spread, counted, LEAST_DEVIATION * usual);
  const apart = (i: number) => Math.abs(history[i] - usual) / deviation;
  if (!(usual > 0) || apart(t) <= limit || apart(t - 1) > TOGETHER || apart(t + 1) > TOGETHER) return null;
  return comesAgain(history, t, seasons, usual) ? null : usual;
}

/** Whether a season before, or after, was as unusual, a period more or less: Easter comes in March or April. */
function comesAgain(history: readonly number[], t: number, seasons: readonly number[], usual: number): boolean {
  const others = seasons.filter((period) => period > 1).flatMap((period) => [-period, period]);
  const places = others.flatMap((away) => [t + away - 1, t + away, t + away + 1]);
  return places.some((i) => {
    const other = history[i];
    return other !== undefined && Math.abs(other - usual) > PEAK * Math.abs(history[t] - usual);
  });
}

import { mannKendall } from '#models/statistics/monotoneTrend.ts';
import { countUnit } from './countUnit.ts';
import { demandClass } from './demandClass.ts';
import { probabilityAlive } from './probabilityAlive.ts';
import { hasSeason } from './season.ts';
import { sinceFirstDemand } from './sinceFirstDemand.ts';

/** Demand below so many units in the mean is counted, as of parts, even where no period was without demand. */
const COUNT_MEAN = 30;
/** Least variance of a count, as a part of a Poisson's: what is always the same tells no unit. */
const MIN_DISPERSION = 0.02;
/** Standard deviations beyond which a trend is no chance: six in 100,000 items without one. */
const PLAIN = 4;
/** Chance of being asked for at all below which a history is none of a series. */
const ENDED = 0.5;
/** Newest periods that a trend is looked for in. */
const TREND_PERIODS = 120;

/**
 * Whether a history is a part's, forecast as flat from what all parts teach, or a series, forecast by its own past. Small
 * counts and demand that comes now and then are parts; what plainly rises, falls or has a season is a series whatever
 * its size, as is smooth demand in which a period went without.
 * @param period periods of a season; 1 for none.
 */
export function isPart(given: readonly number[], period: number): boolean {
  const history = sinceFirstDemand(given);
  const itsClass = demandClass(history);
  if (itsClass === 'none') return true;
  // Demand that fell until there was none may have ended, which parts know of; off season there may be none.
  const ended = probabilityAlive(history) < ENDED;
  const silent = history.length - 1 - history.findLastIndex((v) => v > 0);
  if (ended && silent >= period) return true;
  if (hasSeason(history, period)) return false;
  if (ended) return true;
  const frequent = itsClass === 'smooth' || itsClass === 'erratic';
  const trend = Math.abs(mannKendall(history.slice(-TREND_PERIODS))) > PLAIN;
  if (frequent && trend) return false;
  return isCounted(history) || (history.includes(0) && itsClass !== 'smooth');
}

/** Whether demand is a few units a period, which vary as counts do. Neither depends on what they are measured in. */
function isCounted(history: readonly number[]): boolean {
  const unit = countUnit(history);
  if (unit === null) return false;
  const mean = history.reduce((a, b) => a + b, 0) / history.length;
  const variance = history.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, history.length - 1);
  return mean < COUNT_MEAN * unit && (history.length < 2 || variance >= MIN_DISPERSION * mean * unit);
}

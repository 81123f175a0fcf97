import { mannKendall } from '#models/statistics/monotoneTrend.ts';
import { countUnit } from './countUnit.ts';
import { demandClass } from './demandClass.ts';
import { probabilityAlive } from './probabilityAlive.ts';
import { hasSeason } from './season.ts';
import { sinceFirstDemand } from './sinceFirstDemand.ts';

/** Demand with a mean below this many units is counted, like that of parts, even if no period was without demand. */
const COUNT_MEAN = 30;
/** Least variance of a count, relative to a Poisson's: constant demand shows no counting unit. */
const MIN_DISPERSION = 0.02;
/** Standard deviations beyond which a trend is significant: six false ones in 100,000 items. */
const PLAIN = 4;
/** Probability of being alive below which a history is not a series. */
const ENDED = 0.5;
/** Newest periods that are tested for a trend. */
const TREND_PERIODS = 120;

/**
 * Whether a history is a part's, with a flat forecast learned from all parts, or a series, forecast from its own past.
 * Small counts and occasional demand are parts; a clear rise, fall or season makes a series of any size, as does smooth
 * demand with a single empty period.
 * @param period periods of a season; 1 for none.
 */
export function isPart(given: readonly number[], period: number): boolean {
  const history = sinceFirstDemand(given);
  const itsClass = demandClass(history);
  if (itsClass === 'none') return true;
  // Demand that declined to zero may have ended, which the model of parts covers; off season it may be 0.
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

/** Whether demand is a few units a period that vary as counts do, independent of the unit of measure. */
function isCounted(history: readonly number[]): boolean {
  const unit = countUnit(history);
  if (unit === null) return false;
  const mean = history.reduce((a, b) => a + b, 0) / history.length;
  const variance = history.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, history.length - 1);
  return mean < COUNT_MEAN * unit && (history.length < 2 || variance >= MIN_DISPERSION * mean * unit);
}

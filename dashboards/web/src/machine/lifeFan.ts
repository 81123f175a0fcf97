import type { MachineView } from '#models/contracts/api.ts';
import type { RemainingLife } from '#models/contracts/health.ts';
import type { Fan } from '../chartDrawing.ts';

const POINTS = 24;
type Trend = Extract<RemainingLife, { assessment: 'assessed' }> & { toIndex: number };

/**
 * The health index predicted by its exponential trend: up to the end of life if one is configured, otherwise to the
 * alert limit. Undefined if no trend is known or its end is reached. Pure.
 * @param mostS how far ahead it is drawn, seconds.
 */
export function lifeFan({ health }: MachineView, mostS: number): Fan | undefined {
  const { index, timeMs, remainingLife, timeToLimit } = health;
  const trend = [remainingLife, timeToLimit].find(isTrend);
  if (trend === undefined || index === undefined || index <= 0 || index >= trend.toIndex) return undefined;
  const lastS = Math.min(mostS, trend.highS ?? mostS);
  const after = Array.from({ length: POINTS + 1 }, (_, i) => (i / POINTS) * lastS);
  const towards = (endS: number | undefined) => after.map((s) => indexAfter(s, index, trend.toIndex, endS));
  return {
    x: after.map((s) => timeMs / 1000 + s),
    median: towards(trend.medianS),
    // The earliest end gives the highest curve.
    high: towards(trend.lowS),
    low: towards(trend.highS),
  };
}

const isTrend = (life: RemainingLife | undefined): life is Trend =>
  life?.assessment === 'assessed' && life.toIndex !== undefined && life.medianS > 0;

/** Constant after its end; without an end it does not rise. */
function indexAfter(seconds: number, now: number, end: number, endS: number | undefined): number {
  if (endS === undefined) return now;
  return seconds >= endS ? end : now * (end / now) ** (seconds / endS);
}

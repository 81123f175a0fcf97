import type { Fan, Level } from './chartDrawing.ts';

/** A reference level near the curve is shown; one far above would flatten the curve. */
const REACH = 1.6;
/** The end of a steep fan would flatten the curve: the axis ends at this multiple of the highest value. */
const FAN_REACH = 2.5;

/** The vertical axis of a linear chart: from zero, with nearby levels and as much of a fan as fits. Pure. */
export function verticalRange(low: number, high: number, levels: readonly Level[] = [], fan?: Fan): [number, number] {
  const ahead = fan === undefined ? high : Math.min(Math.max(...fan.high), FAN_REACH * high);
  const top = Math.max(high, ahead);
  const near = levels.map((level) => level.y).filter((y) => y <= REACH * top);
  const [from, to] = [Math.min(0, low), Math.max(top, ...near)];
  return [1.05 * from, to + 0.1 * (to - from) || 1];
}

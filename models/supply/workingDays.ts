import { dayOf } from './dates.ts';
import { startOf } from './periods.ts';

/** Newest months to use, fewest months for an estimate, and standard errors that make it significant. */
const MONTHS = 48;
const MIN_MONTHS = 24;
const PLAIN = 3;

/** Mondays to Fridays of a month, by its number (12 × year + month − 1); holidays are not known. */
export function workingDays(month: number): number {
  const [from, to] = [dayOf(startOf('month', month)), dayOf(startOf('month', month + 1))];
  let days = 0;
  for (let day = from; day < to; day++) {
    // Days since 1970 begin on a Thursday.
    if ((day + 3) % 7 < 5) days++;
  }
  return days;
}

/**
 * Elasticity of monthly demand to working days, in percent per percent: the slope of month-to-month changes of
 * logarithms; null: not significant.
 * @param histories monthly demand of each item, oldest first, all to the same month. @param next the number of the
 * month after it.
 */
export function workingDayElasticity(histories: readonly (readonly number[])[], next: number): number | null {
  const longest = histories.reduce((most, h) => Math.max(most, h.length), 0);
  const months = Math.min(MONTHS, longest);
  const total = new Array<number>(months).fill(0);
  // Items have equal weight, whatever their volume; an item that started later would look like a rise.
  for (const history of histories) {
    const newest = history.slice(-months);
    const mean = newest.reduce((a, b) => a + b, 0) / months;
    if (newest.length < months || !(mean > 0)) continue;
    for (let i = 0; i < months; i++) total[i] += newest[i] / mean;
  }
  if (months < MIN_MONTHS || total.some((v) => !(v > 0))) return null;
  const first = next - months;
  const days = total.map((_, i) => Math.log(workingDays(first + i)));
  const changes = (values: readonly number[]) => values.slice(1).map((v, i) => v - values[i]);
  const [x, y] = [changes(days), changes(total.map(Math.log))];
  const power = x.reduce((sum, v) => sum + v * v, 0);
  const slope = x.reduce((sum, v, i) => sum + v * y[i], 0) / power;
  const residual = y.reduce((sum, v, i) => sum + (v - slope * x[i]) ** 2, 0) / (x.length - 1);
  return slope > PLAIN * Math.sqrt(residual / power) ? slope : null;
}

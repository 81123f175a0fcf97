/**
 * Demand of `periods`, whole or not, after the elapsed share of the first one; demand is uniform within a period.
 * @param mean of each period ahead; 0 beyond. @param elapsed of the first period, below 1.
 */
export function demandWithin(mean: readonly number[], elapsed: number, periods: number): number {
  const upTo = (end: number) => {
    const whole = Math.floor(end);
    const sum = mean.slice(0, whole).reduce((a, b) => a + b, 0);
    return sum + (end - whole) * (mean[whole] ?? 0);
  };
  return upTo(elapsed + periods) - upTo(elapsed);
}

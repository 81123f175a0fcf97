/** Finest counting unit, as a share of the mean demand: no forecast is more precise than a thousandth. */
const FINEST = 1e-3;
const MAX_DECIMALS = 6;

/**
 * Smallest quantity that an item is counted in, in its own unit of measure: 1 of pieces, 0.001 of tonnes that are
 * recorded to the kilogram. A power of ten, at least a thousandth of the mean demand where demand is not whole.
 * @param history demand a period; empty or whole: 1.
 */
export function countingUnit(history: readonly number[]): number {
  if (history.every(Number.isInteger)) return 1;
  const demands = history.filter((v) => v > 0);
  const mean = demands.reduce((a, b) => a + b, 0) / Math.max(1, demands.length);
  const finest = Math.floor(Math.log10(Math.max(mean * FINEST, 10 ** -MAX_DECIMALS)));
  for (let exponent = -1; exponent > finest; exponent--) {
    const scale = 10 ** -exponent;
    if (history.every((v) => Math.abs(v * scale - Math.round(v * scale)) < 1e-6)) return 10 ** exponent;
  }
  return 10 ** Math.min(0, finest);
}

/** Rates that differ by less are one rate: devices measure their own, and it wavers. */
const SAME_RATE_FRACTION = 0.005;

/** Whether a rate is another one, as a device measures it. */
export function sameRate(hz: number, ofHz: number): boolean {
  return Math.abs(hz - ofHz) <= SAME_RATE_FRACTION * ofHz;
}

import { SAME_RATE_FRACTION } from '../judgement.ts';

/** Whether two measured sample rates count as the same. */
export function sameRate(hz: number, ofHz: number): boolean {
  return Math.abs(hz - ofHz) <= SAME_RATE_FRACTION * ofHz;
}

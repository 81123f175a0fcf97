import { SAME_RATE_FRACTION } from '../judgement.ts';

/** Whether a rate is another one, as a device measures it. */
export function sameRate(hz: number, ofHz: number): boolean {
  return Math.abs(hz - ofHz) <= SAME_RATE_FRACTION * ofHz;
}

import { RUNNING_FRACTION } from '../judgement.ts';

/** The speed of a machine's shaft; a rated speed of 0 means that none is configured. */
export interface Shaft {
  hz: number;
  ratedHz: number;
}

export const isRunning = ({ hz, ratedHz }: Shaft): boolean => ratedHz === 0 || hz >= RUNNING_FRACTION * ratedHz;

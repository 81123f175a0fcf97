/** The speed of a machine's shaft; a rated speed of 0: none is configured. */
export interface Shaft {
  hz: number;
  ratedHz: number;
}

/** Below this fraction of the rated speed a machine is at standstill or starting. */
const RUNNING_FRACTION = 0.1;

export const isRunning = ({ hz, ratedHz }: Shaft): boolean => ratedHz === 0 || hz >= RUNNING_FRACTION * ratedHz;

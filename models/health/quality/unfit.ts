import type { Flaw } from '#models/contracts/ledger.ts';
import type { Score } from '../detector.ts';

const WHY: Record<Extract<Flaw, 'clipped' | 'stuck' | 'spikes' | 'overlap'>, { reason: string; remedy: string }> = {
  clipped: {
    reason: 'the signal is cut off at the end of its range',
    remedy: 'a sensor or an input of a larger range, or a lower gain',
  },
  overlap: {
    reason: 'each block begins before the last one ended: the sample rate is not what it is said to be',
    remedy: 'see to the rate that the device sends, or that is configured for it',
  },
  stuck: {
    reason: 'the sensor says one value, far longer than it ever did',
    remedy: 'see to the sensor, its cable and the device that reads it',
  },
  spikes: {
    reason: 'single values stand far away from all others: a fault of the measurement, not of the machine',
    remedy: 'see to the cable, its shield and the connection; a loose contact does this',
  },
};

/** The verdict on data that are too poor for one. */
export function unfit(flaw: keyof typeof WHY): Score {
  return { assessable: false, ...WHY[flaw] };
}

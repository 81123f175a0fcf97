import type { Flaw } from '#models/contracts/ledger.ts';
import type { Score } from '../detector.ts';

const WHY: Record<Extract<Flaw, 'clipped' | 'stuck' | 'spikes' | 'overlap'>, { reason: string; remedy: string }> = {
  clipped: {
    reason: 'the signal is cut off at the end of its range',
    remedy: 'a sensor or an input of a larger range, or a lower gain',
  },
  overlap: {
    reason: 'each block starts before the end of the last one: the stated sample rate is wrong',
    remedy: 'check the rate that the device sends, or that is configured for it',
  },
  stuck: {
    reason: 'the sensor has repeated one value for far longer than ever before',
    remedy: 'check the sensor, its cable and the device that reads it',
  },
  spikes: {
    reason: 'single values are far from all others: a fault of the measurement, not of the machine',
    remedy: 'check the cable, its shield and the connection; a loose contact does this',
  },
};

/** The score for data of too poor quality to assess. */
export function unfit(flaw: keyof typeof WHY): Score {
  return { assessable: false, ...WHY[flaw] };
}

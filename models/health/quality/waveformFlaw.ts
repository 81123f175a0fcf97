import type { Flaw } from '#models/contracts/ledger.ts';

/** Minimum part of the samples at exactly one extreme for clipping; at least four. */
const CLIPPED_PART = 0.001;
const CLIPPED_LEAST = 4;
/**
 * At a true peak fewer samples lie at the extreme than in the adjacent part of the range; at a clipped one many more.
 */
const NEXT_PART = 0.01;
const CLIPPED_RATIO = 3;
/** With hardly any samples between the extremes, clipping is so severe that none are left near them. */
const MOSTLY_CUT_PART = 0.3;
/** With a quantisation step above this part of the range, clipping cannot be detected. */
const COARSE_PART = 0.002;
/** Crest factor from which single samples are checked: a lone sample of 4,096 has 64, a ringing impact far less. */
const SPIKY_CREST = 20;
/** A sensor rings, a corrupted digit does not: the samples beside a spike are at most this part of it. */
const LONE_PART = 0.2;

/**
 * The flaw that makes a window of vibration unfit for scoring: `stuck` (one value throughout), `clipped` (cut off at
 * the end of the sensor's or the converter's range: many samples at exactly one extreme, few just below it), `spikes`
 * (isolated samples that dominate). Null if there is none.
 *
 * @param samples a window, in any unit.
 * @param crestFactor its peak over its RMS, if already known. @param found its extremes, likewise.
 */
export function waveformFlaw(samples: Float32Array, crestFactor: number, found = extremes(samples)): Flaw | null {
  const { low, high } = found;
  if (low === high) return 'stuck';
  if (isClipped(samples, found)) return 'clipped';
  return crestFactor >= SPIKY_CREST && isLone(samples, Math.max(high, -low)) ? 'spikes' : null;
}

export interface Extremes {
  low: number;
  high: number;
  /** Number of samples exactly there. */
  atLow: number;
  atHigh: number;
}

/** Smallest and largest sample in one pass, as this runs for every block. */
export function extremes(samples: Float32Array): Extremes {
  let low = samples[0];
  let high = low;
  let atLow = 0;
  let atHigh = 0;
  for (let i = 0; i < samples.length; i++) {
    const v = samples[i];
    if (v <= low) {
      atLow = v === low ? atLow + 1 : 1;
      low = v;
    }
    if (v >= high) {
      atHigh = v === high ? atHigh + 1 : 1;
      high = v;
    }
  }
  return { low, high, atLow, atHigh };
}

function isClipped(samples: Float32Array, { low, high, atLow, atHigh }: Extremes): boolean {
  const between = samples.length - atLow - atHigh;
  if (between > 0 && between < MOSTLY_CUT_PART * samples.length) return true;
  const enough = Math.max(CLIPPED_LEAST, CLIPPED_PART * samples.length);
  return (
    (atLow >= enough && isCutOff(samples, low, high, atLow)) ||
    (atHigh >= enough && isCutOff(samples, high, low, atHigh))
  );
}

/** Whether the range is cut off at an extreme: few samples are near it, and the nearest is not a coarse step away. */
function isCutOff(samples: Float32Array, extreme: number, other: number, at: number): boolean {
  const range = Math.abs(other - extreme);
  let near = 0;
  let nearest = range;
  for (let i = 0; i < samples.length; i++) {
    const distance = Math.abs(samples[i] - extreme);
    if (distance === 0) continue;
    if (distance < nearest) nearest = distance;
    if (distance <= NEXT_PART * range) near++;
  }
  // Few samples just below may be chance if the signal seldom gets there: then the nearest is further away.
  return nearest <= Math.max(COARSE_PART, 10 / samples.length) * range && at > CLIPPED_RATIO * near;
}

function isLone(samples: Float32Array, peak: number): boolean {
  for (let i = 0; i < samples.length; i++) {
    if (Math.abs(samples[i]) < peak / 2) continue;
    const before = i === 0 ? 0 : Math.abs(samples[i - 1]);
    const after = i === samples.length - 1 ? 0 : Math.abs(samples[i + 1]);
    if (Math.max(before, after) > LONE_PART * Math.abs(samples[i])) return false;
  }
  return true;
}

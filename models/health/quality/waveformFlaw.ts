import type { Flaw } from '#models/contracts/ledger.ts';

/** Of all samples, so many must lie exactly at an extreme for a signal to be cut off there; never fewer than four. */
const CLIPPED_PART = 0.001;
const CLIPPED_LEAST = 4;
/** Beside a true peak fewer samples lie at the extreme than in the next part of the range; at a cut-off many more. */
const NEXT_PART = 0.01;
const CLIPPED_RATIO = 3;
/** Where hardly a sample lies between the extremes, and some do, it is cut off so far that nothing is left near them. */
const MOSTLY_CUT_PART = 0.3;
/** A step of quantisation above this part of the range says nothing about its ends. */
const COARSE_PART = 0.002;
/** Peak over RMS from which single samples are looked at: a lone sample of 4,096 has 64, an impact that rings far less. */
const SPIKY_CREST = 20;
/** A sensor rings and a digit that was lost does not: the samples beside a spike are this much smaller. */
const LONE_PART = 0.2;

/**
 * What makes a window of vibration unfit to be judged: `stuck` (one value throughout), `clipped` (cut off at the end of the
 * sensor's or the converter's range: many samples at exactly one extreme, few just below it), `spikes` (single samples that
 * stand alone and dominate). Null where nothing does.
 *
 * @param samples a window, in any unit.
 * @param crestFactor its peak over its RMS, where that is known already. @param found its extremes, likewise.
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
  /** Samples that are exactly that. */
  atLow: number;
  atHigh: number;
}

/** Least and largest sample, in one pass: this runs for every block. */
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

/** Whether an extreme is where the range ends: the samples nearest to it are few, and not a coarse step away. */
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
  // Few samples just below may be chance where the signal seldom comes so far: then its next one is further away.
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

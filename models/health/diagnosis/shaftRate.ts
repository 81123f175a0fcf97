import { medianOf } from '#models/signal/localMedian.ts';
import { type EnvelopeEvidence, withNeighbours } from './envelopeEvidence.ts';

const HARMONICS = 6;
/** A given speed is trusted within this range, and beyond it only on clear evidence from the lines. */
const NEAR = 0.004;
const FAR = 0.03;
const CLEARLY_SD = 2;
/** In bins wider than this part of the rate, fault lines are mistaken for shaft lines. */
const COARSE = 0.015;
const NOTCH_BINS = 2;

/**
 * Estimates the shaft's rate from its harmonics in the envelope, near the given one.
 * @param uncertainty of the given rate, relative to it, if it was estimated from shaft lines: limits the search.
 */
export function refineShaftRate({ stepHz, excess }: EnvelopeEvidence, givenHz: number, uncertainty = FAR): number {
  const lines = withNeighbours(excess);
  const height = (hz: number) => {
    let sum = 0;
    for (let h = 1; h <= HARMONICS; h++) {
      sum += lines[Math.round((h * hz) / stepHz)] ?? 0;
    }
    return sum;
  };
  const step = Math.max(2e-4, stepHz / givenHz / HARMONICS / 2);
  let near = { hz: givenHz, height: height(givenHz) };
  let far = near;
  const heights: number[] = [];
  const reach = Math.min(FAR, Math.max(NEAR, uncertainty));
  for (let part = -reach; part <= reach; part += step) {
    const candidate = { hz: givenHz * (1 + part), height: height(givenHz * (1 + part)) };
    heights.push(candidate.height);
    if (candidate.height > far.height) far = candidate;
    if (Math.abs(part) <= NEAR && candidate.height > near.height) near = candidate;
  }
  const centre = medianOf(Float64Array.from(heights));
  const sd = Math.sqrt(heights.reduce((sum, h) => sum + (h - centre) ** 2, 0) / heights.length);
  if (stepHz > COARSE * givenHz) return near.hz;
  return far.height > near.height + CLEARLY_SD * sd ? far.hz : near.hz;
}

/** The evidence without the shaft's own harmonics, which carry no information about the bearing. */
export function notchShaft(evidence: EnvelopeEvidence, shaftHz: number): EnvelopeEvidence {
  const { stepHz, excess } = evidence;
  const notched = excess.slice();
  const floor = medianOf(excess.slice());
  for (let hz = shaftHz; hz / stepHz < notched.length + NOTCH_BINS; hz += shaftHz) {
    const k = Math.round(hz / stepHz);
    notched.fill(floor, Math.max(0, k - NOTCH_BINS), Math.min(notched.length, k + NOTCH_BINS + 1));
  }
  return { ...evidence, excess: notched };
}
